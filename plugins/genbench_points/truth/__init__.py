"""Metrics that compare fakes with the exact law of point clouds.

What `expects` says of planted faults was seen on `shapes-world`; docs/battery.md says how.
"""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_LAW = "copies of training clouds follow the law"
_ALONE = "it looks at each cloud by itself"
_SURFACE = "the points that remain are on the surface"
_FEWER = "it depends on n: compare at equal n"
_SMALL = worse | unchanged.because("a small change stays within the tolerance")
_ON_SURFACE = dict.fromkeys(("dropped-part", "duplicated-points"), (unchanged | better).because(_SURFACE))
_MISFIT = _ON_SURFACE | {
    **dict.fromkeys(("dropped-modes", "collapse", "label-shift"), unchanged.because(_ALONE)),
    "duplicates": unchanged,
    "train-copies": unchanged.because(_LAW),
}
_OF_LAW = _ON_SURFACE | {
    **dict.fromkeys(("train-copies", "near-copies"), worse | (unchanged | better).because(_LAW)),
    "duplicates": unchanged | worse,
    "collapse": worse | unchanged.because("the clouds that remain have all kinds and sizes"),
    **dict.fromkeys(("scaled", "rotated", "mixed-points"), _SMALL),
    "smaller-n": unchanged | worse.because(_FEWER),
}

_DISTANCE = partial(Output, direction="lower", best=0.0)

SPECS = (
    MetricSpec(
        name="shape-law",
        aspect="fidelity",
        make="genbench_points.truth.shape_law:shape_law",
        summary="how the shapes and sizes of fakes follow the known law of the data",
        source="Gander et al. 1994, doi:10.1007/BF01934268; Vallender 1974, doi:10.1137/1118101",
        modalities=("points",),
        outputs=(
            _DISTANCE(
                name="shape-misfit",
                range=(0.0, None),
                summary="mean distance of clouds to the nearest shape of the law",
                expects=_MISFIT,
            ),
            _DISTANCE(
                name="shape-shares",
                range=(0.0, 1.0),
                summary="total variation of the shares of kinds of shapes from the law",
                expects=_OF_LAW,
            ),
            Output(
                name="shape-coverage",
                aspect="diversity",
                direction="higher",
                best=1.0,
                range=(0.0, 1.0),
                summary="share of the bins of shapes' sizes in which there is a cloud",
                expects=_OF_LAW,
            ),
            _DISTANCE(
                name="shape-sizes",
                range=(0.0, 0.5),
                summary="Wasserstein distance of shapes' sizes from the law, as a share of their range",
                expects=_OF_LAW,
            ),
        ),
    ),
)
