"""Accuracy of classifiers that are trained on fakes."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_COPIED = dict.fromkeys(
    ("train-copies", "near-copies"), (unchanged | better).because("copies teach what their originals do")
)
_FEWER = "fewer fakes teach less"
_TEACHES = "what is damaged a little teaches almost as well"

#: Of the accuracy of a linear classifier trained on fakes, and of its gap to real samples.
_LINEAR = _COPIED | {
    **dict.fromkeys(("noise", "blur"), (unchanged.because(_TEACHES), worse, worse)),
    "collapse": (unchanged.because("200 samples teach almost as well"), worse, worse),
    "label-shift": unchanged.because("a linear classifier needs few samples of a label"),
}

SPECS = (
    MetricSpec(
        name="cas",
        aspect="utility",
        make="genbench_fidelity.utility.cas:cas",
        summary="accuracy on real images of a network trained on fakes",
        source="Ravuri & Vinyals 2019, arXiv:1905.10887",
        modalities=("image",),
        direction="higher",
        range=(0.0, 1.0),
        trains_model=True,
        expects=_COPIED
        | {
            "noise": (unchanged.because(_TEACHES), worse, worse),
            "blur": (unchanged.because(_TEACHES), unchanged.because(_TEACHES), worse),
            "smaller-n": (unchanged | worse.because(_FEWER), worse.because(_FEWER)),
        },
    ),
    MetricSpec(
        name="tstr",
        aspect="utility",
        make="genbench_fidelity.utility.tstr:tstr",
        summary="accuracy of a linear classifier trained on fakes, and its gap to real samples",
        source="Esteban et al. 2017, arXiv:1706.02633",
        takes="features",
        trains_model=True,
        outputs=(
            Output(
                name="tstr",
                direction="higher",
                summary="accuracy on real samples of a linear classifier trained on fakes",
                range=(0.0, 1.0),
                expects={**_LINEAR, "smaller-n": unchanged | worse.because(_FEWER)},
            ),
            Output(
                name="tstr-gap",
                direction="lower",
                summary="accuracy of one trained on real samples, minus tstr",
                range=(-1.0, 1.0),
                expects=_LINEAR,
            ),
        ),
    ),
)
