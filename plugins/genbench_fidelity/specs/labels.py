"""Metrics that look at labels: what fakes teach, and the group that fares worst."""

from __future__ import annotations

from genbench import MetricSpec, Output

__all__ = ["LABELS"]

_COPIES = "copies teach what their originals do"
_TEACHES = "what is damaged a little teaches almost as well"
_EQUALLY = "it sees how equal groups are, not how good"
_SMALL = "distances of small groups scatter, and hide a little damage"

LABELS = (
    MetricSpec(
        name="cas",
        make="genbench_fidelity.utility.cas:cas",
        summary="accuracy on real images of a network trained on fakes",
        source="Ravuri & Vinyals 2019, arXiv:1905.10887",
        spaces=("image",),
        direction="higher",
        range=(0.0, 1.0),
        expects={
            "noise": f"0! - -: {_TEACHES}",
            "blur": f"0! 0! -: {_TEACHES}",
            "train-copies": f"0!/+!: {_COPIES}",
            "near-copies": f"0!/+!: {_COPIES}",
            "smaller-n": "0/-! -!: fewer fakes teach less",
        },
    ),
    MetricSpec(
        name="tstr",
        make="genbench_fidelity.utility.tstr:tstr",
        summary="what a linear classifier learns from fakes",
        source="Esteban et al. 2017, arXiv:1706.02633",
        takes="features",
        outputs=(
            Output(
                name="tstr",
                direction="higher",
                summary="accuracy on real samples of a linear classifier trained on fakes",
                range=(0.0, 1.0),
                expects={
                    "noise": f"0! - -: {_TEACHES}",
                    "blur": f"0! - -: {_TEACHES}",
                    "collapse": "0! - -: 200 samples teach almost as well",
                    "label-shift": "0!: a linear classifier needs few samples of a label",
                    "train-copies": f"0!/+!: {_COPIES}",
                    "near-copies": f"0!/+!: {_COPIES}",
                    "smaller-n": "0/-!: fewer fakes teach less",
                },
            ),
            Output(
                name="tstr-gap",
                direction="lower",
                summary="accuracy of one trained on real samples, minus tstr",
                range=(-1.0, 1.0),
                expects={
                    "noise": f"0! + +: {_TEACHES}",
                    "blur": f"0! + +: {_TEACHES}",
                    "collapse": "0! + +: 200 samples teach almost as well",
                    "label-shift": "0!: a linear classifier needs few samples of a label",
                    "train-copies": f"0!/-!: {_COPIES}",
                    "near-copies": f"0!/-!: {_COPIES}",
                },
            ),
        ),
    ),
    MetricSpec(
        name="worst-kid",
        make="genbench_fidelity.groups.worst_group:worst_kid",
        summary="kid of the label where it is greatest, and its gap to the least",
        source="Bińkowski et al. 2018, arXiv:1801.01401; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        outputs=(
            Output(
                name="worst-kid",
                direction="lower",
                summary="kid of the label where it is greatest",
                best=0.0,
                expects={
                    "noise": f"0! + +: {_SMALL}",
                    "blur": f"0! + +: {_SMALL}",
                    "train-copies": "0!/-!: copies are as near as other real samples",
                    "near-copies": "0!/-!: copies are as near as other real samples",
                    "smaller-n": "0/+!: the greatest of noisier distances is greater",
                },
            ),
            Output(
                name="kid-gap",
                direction="lower",
                summary="greatest minus least kid over labels",
                best=0.0,
                range=(0.0, None),
                expects={
                    "noise": f"0!/-! 0! +: {_SMALL}",
                    "blur": f"0!/-! + +: {_SMALL}",
                    "collapse": f"0!: {_SMALL}",
                    "train-copies": f"0!/-!: {_EQUALLY}",
                    "near-copies": f"0!/-!: {_EQUALLY}",
                    "smaller-n": "0/+!: distances of smaller groups scatter more",
                },
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="worst-coverage",
        make="genbench_fidelity.groups.worst_group:worst_coverage",
        summary="coverage of the label where it is least, and its gap to the greatest",
        source="Naeem et al. 2020, arXiv:2002.09797; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        outputs=(
            Output(
                name="worst-coverage",
                direction="higher",
                summary="coverage of the label where it is least",
                range=(0.0, 1.0),
                expects={
                    "noise": "0! - -: shares of small groups scatter, and hide a little damage",
                    "blur": "0!/+! - -: a little blur moves samples to where the law is dense",
                    "label-shift": "0!: enough fakes of each label are left",
                    "train-copies": "0!/+!: copies cover as other real samples do",
                    "near-copies": "0!/+!: copies cover as other real samples do",
                    "smaller-n": "0/+!: groups hardly larger than k are covered by anything",
                },
            ),
            Output(
                name="coverage-gap",
                direction="lower",
                summary="greatest minus least coverage over labels",
                best=0.0,
                range=(0.0, 1.0),
                expects={
                    "noise": f"0! + +: {_SMALL}",
                    "blur": "0!/-! + +: a little blur moves samples of all labels to where the law is dense",
                    "collapse": "0! + +: 200 samples are left, some of each label",
                    "label-shift": "0!: enough fakes of each label are left",
                    "train-copies": f"0!/-!: {_EQUALLY}",
                    "near-copies": f"0!/-!: {_EQUALLY}",
                    "smaller-n": "0/-!: groups hardly larger than k are covered by anything",
                },
            ),
        ),
        min_n=2,
    ),
)
