"""Metrics on a classifier's probabilities."""

from __future__ import annotations

from genbench import MetricSpec

__all__ = ["SPECS"]

_INCEPTION = "inception-v3-compat"
_BIAS = "it is biased upwards at small n: compare at equal n"
_CLASSES = "it sees classes, not samples"

SPECS = (
    MetricSpec(
        name="inception-score",
        make="genbench_fidelity.classes.inception_score:inception_score",
        summary="confidence of a classifier on each sample and evenness over classes",
        source="Salimans et al. 2016, arXiv:1606.03498",
        takes="probabilities",
        extractor=_INCEPTION,
        direction="higher",
        range=(1.0, None),
        min_n=2,
        expects={
            "collapse": f"0! - -: {_CLASSES}",
            "duplicates": "0/-",
            "train-copies": "0!/+!: it does not use real samples",
            "near-copies": "0!/+!: it does not use real samples",
            "smaller-n": "-!: it falls with n / splits: compare at equal n",
            "row-order": "~!/+!/-!: its splits are runs of rows",
        },
    ),
    MetricSpec(
        name="modes",
        make="genbench_fidelity.classes.modes:modes",
        summary="number of classes among the fakes",
        source="Metz et al. 2017, arXiv:1611.02163",
        takes="probabilities",
        direction="higher",
        range=(0.0, None),
        expects={
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
    ),
    MetricSpec(
        name="reverse-kl",
        make="genbench_fidelity.classes.reverse_kl:reverse_kl",
        summary="KL(fake || real) over classes, nats",
        source="Metz et al. 2017, arXiv:1611.02163",
        takes="probabilities",
        direction="lower",
        best=0.0,
        range=(0.0, None),
        min_n=2,
        expects={
            "noise": f"0!/-!: {_CLASSES}",
            "blur": f"0!/-!: {_CLASSES}",
            "duplicates": "0/+",
            "train-copies": f"0!/-!: {_CLASSES}",
            "near-copies": f"0!/-!: {_CLASSES}",
            "smaller-n": f"+!: {_BIAS}",
        },
    ),
)
