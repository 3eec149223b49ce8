"""What planted faults do to the metrics of this plugin: signs, and the failures that readers should know.

Seen on digits with the extractors `pixels` and `digits-classifier`, damage to words on `python-reference`
with `char-ngrams`; docs/battery.md says how. Where a sign hangs on the extractor, all that were seen are
named.
"""

from __future__ import annotations

__all__ = ["EXPECTED"]

_LAW = "it compares laws, and copies of training samples follow the law"
_REAL = "copies of real samples are real"
_BIAS = "it is biased upwards at small n: compare at equal n"
_LEFT = "0!/+!: what is left is as real as before"
_MIDDLE = "a little blur moves samples to where the law is dense"
_WIDE = "noise widens the neighbourhoods of the fakes, which then hold more"
_SPREAD = "damage spreads the fakes, whose neighbourhoods then hold more"
_CLASSES = "it sees classes, not samples"
_REPEATS = "it sees repeats alone"
_GAP = "+: the battery fills the gap with duplicates"

_DISTANCE = {
    "train-copies": f"0!/-!: {_LAW}",
    "near-copies": f"0!/-!: {_LAW}",
    "duplicates": "0/+",
}
_PRECISION = {
    "blur": f"0!/+! - -: {_MIDDLE}",
    "blur[pixels]": f"0!/+!: {_MIDDLE}",
    "dropped-modes": _LEFT,
    "collapse": _LEFT,
    "label-shift": _LEFT,
    "train-copies": f"0!/+!: {_REAL}",
    "near-copies": f"0!/+!: {_REAL}",
}
_RECALL = {
    "noise": f"0!/+!: {_WIDE}",
    "shuffled-words": f"0!: {_SPREAD}",
    "dropped-words": f"0!/+!: {_SPREAD}",
    "truncation": f"0!/+!: {_SPREAD}",
    "loops": f"0!/+!: {_SPREAD}",
    "duplicates": "-",
    "train-copies": f"0!/+!: {_REAL}",
    "near-copies": f"0!/+!: {_REAL}",
    "smaller-n": "0/+!: fewer fakes have wider neighbourhoods: compare at equal n",
}
_COVERAGE = {
    "blur": f"0!/+! - -: {_MIDDLE}",
    "duplicates": "-",
    "train-copies": f"0!/+!: {_REAL}",
    "near-copies": f"0!/+!: {_REAL}",
    "smaller-n": "-: fewer fakes reach fewer neighbourhoods: compare at equal n",
}
_BINS = {
    "noise": "0!: samples stay in their bins, which are wide",
    "blur": "0! + +: samples stay in their bins, which are wide",
    "duplicates": "+",
    "train-copies": "0!/-!: the bins are those of the training samples",
    "near-copies": "0!/-!: the bins are those of the training samples",
}

#: Number to what faults do to it; what is not here is judged by the number's direction.
EXPECTED: dict[str, dict[str, str]] = {
    "fid": _DISTANCE | {"smaller-n": f"+!: {_BIAS}"},
    "fid-infinity": _DISTANCE,
    "kid": _DISTANCE,
    "cmmd": _DISTANCE | {"smaller-n": f"+!: {_BIAS}"},
    "precision": _PRECISION,
    "recall": _RECALL,
    "density": _PRECISION,
    "coverage": _COVERAGE,
    "prdc-precision": _PRECISION,
    "prdc-recall": _RECALL,
    "prdc-density": _PRECISION,
    "prdc-coverage": _COVERAGE,
    "inception-score": {
        "collapse": f"0! - -: {_CLASSES}",
        "duplicates": "0/-",
        "train-copies": "0!/+!: it never meets real samples",
        "near-copies": "0!/+!: it never meets real samples",
        "smaller-n": "-!: it falls with n / splits: compare at equal n",
        "row-order": "~!/+!/-!: its splits are runs of rows",
    },
    "modes": {
        "noise": f"0!: {_CLASSES}",
        "blur": f"0!: {_CLASSES}",
        "dropped-modes": "0!: errors of the classifier keep dropped classes",
        "collapse": f"0!: {_CLASSES}",
        "duplicates": "0",
        "label-shift": "0!: one sample of a class is enough",
        "train-copies": f"0!: {_CLASSES}",
        "near-copies": f"0!: {_CLASSES}",
        "smaller-n": "0/-",
    },
    "reverse-kl": {
        "noise": f"0!/-!: {_CLASSES}",
        "blur": f"0!/-!: {_CLASSES}",
        "duplicates": "0/+",
        "train-copies": f"0!/-!: {_CLASSES}",
        "near-copies": f"0!/-!: {_CLASSES}",
        "smaller-n": f"+!: {_BIAS}",
    },
    "authenticity": {
        "noise": "+!: noise is far from everything, and so authentic",
        "blur": f"+/-!/0 + +: {_MIDDLE}",
        "dropped-modes": "0",
        "collapse": "0 ? ?",
        "duplicates": "0",
        "label-shift": "0",
        "train-copies": "-",
        "near-copies": "-",
        "smaller-n": "0",
    },
    "c-t": {
        "noise": "+",
        "blur": f"+/-!/0 + +: {_MIDDLE}",
        "dropped-modes": "0/+/-!: cells do not level out every shift of labels",
        "duplicates": "0",
        "label-shift": "0/+/-!: cells do not level out every shift of labels",
        "train-copies": "-",
        "near-copies": "-",
        "smaller-n": "0",
    },
    "fld": {
        "blur": "0! + +: a little blur is within the width of its Gaussians",
        "duplicates": "+",
        "smaller-n": f"+!: {_BIAS}",
    },
    "fld-gap": {
        "noise": "+",
        "blur": "0/+ + +",
        "train-copies": "-",
        "near-copies": "-",
        "smaller-n": f"0/+!: {_BIAS}",
    },
    "duplicates": {
        "noise": f"0!/-!: {_REPEATS}",
        "blur": f"0!: {_REPEATS}",
        "dropped-modes": _GAP,
        "duplicates": "+",
        "label-shift": _GAP,
        "train-copies": "0!: copies of different samples are different: see train-duplicates",
        "near-copies": f"0!: {_REPEATS}",
        "smaller-n": "0/-",
    },
    "train-duplicates": {
        "noise": f"0!/-!: {_REPEATS}",
        "blur": f"0!/-!: {_REPEATS}",
        "dropped-modes": f"0!/-!: {_REPEATS}",
        "collapse": f"0!/-!: {_REPEATS}",
        "label-shift": f"0!/-!: {_REPEATS}",
        "near-copies": "0!/-!: a little noise hides a copy: see near-duplicates",
        "smaller-n": "?",
    },
    "near-duplicates": {
        "noise": "-/0",
        "blur": f"+!/-/0 -/0 -/0: {_MIDDLE}",
        "dropped-modes": "0",
        "collapse": "0 ? ?",
        "duplicates": "0",
        "label-shift": "0",
        "train-copies": "+",
        "near-copies": "+",
        "smaller-n": "0",
    },
    "vendi": {
        "noise": "+!/0!/-: noise is diversity, too",
        "blur": "-",
        "dropped-modes": "-",
        "collapse": "0/- - -",
        "duplicates": "0/-",
        "label-shift": "-",
        "train-copies": "0!/-: copies are as diverse as what they copy",
        "near-copies": "0!/-: copies are as diverse as what they copy",
        "smaller-n": "0/-: it cannot exceed n, nor come near it: compare at equal n",
    },
    "ms-ssim-diversity": {
        "noise": "-!: noise makes images unlike each other",
        "blur": "+",
        "dropped-modes": "0/+",
        "collapse": "0/+",
        "duplicates": "0",
        "label-shift": "+",
        "train-copies": "0!: copies are as diverse as what they copy",
        "near-copies": "0!: copies are as diverse as what they copy",
        "smaller-n": "0",
    },
    "lpips-diversity": {
        "noise": "+!/0!/-: noise makes samples unlike each other",
        "blur": "-",
        "dropped-modes": "0/-",
        "collapse": "0/-",
        "duplicates": "0",
        "label-shift": "-",
        "train-copies": "0!/-: copies are as diverse as what they copy",
        "near-copies": "0!/-: copies are as diverse as what they copy",
        "smaller-n": "0",
    },
    "birthday": {
        "noise": "+!: noise never repeats itself, and its support seems boundless",
        "blur": "-",
        "dropped-modes": "-",
        "collapse": "-",
        "duplicates": "-",
        "label-shift": "-",
        "train-copies": "0!: copies repeat each other as seldom as what they copy",
        "near-copies": "0!: copies repeat each other as seldom as what they copy",
        "smaller-n": "0",
    },
    "ndb": _BINS,
    "jsd": _BINS | {"smaller-n": f"+!: {_BIAS}"},
}
