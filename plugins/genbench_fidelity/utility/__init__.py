"""Accuracy of classifiers that are trained on fakes."""

from __future__ import annotations

from genbench import MetricSpec, Output

__all__ = ["SPECS"]

_COPIES = "copies teach what their originals do"
_TEACHES = "what is damaged a little teaches almost as well"

SPECS = (
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
        summary="accuracy of a linear classifier trained on fakes, and its gap to real samples",
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
)
