"""Fidelity and coverage by neighbourhoods in feature space."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_REAL = "copies of real samples are real"
_LEFT = (unchanged | better).because("the remaining samples are as real as before")
_MIDDLE = "a little blur moves samples to where the data are dense"
_WIDE = "noise widens the neighbourhoods of the fakes, which then contain more"
_SPREAD = "damage spreads the fakes, whose neighbourhoods then contain more"
_COPIES = dict.fromkeys(("train-copies", "near-copies"), (unchanged | better).because(_REAL))
_PRECISION = _COPIES | {
    "blur": ((unchanged | better).because(_MIDDLE), worse, worse),
    "blur[pixels]": (unchanged | better).because(_MIDDLE),
    **dict.fromkeys(("dropped-modes", "collapse", "label-shift"), _LEFT),
}
_RECALL = _COPIES | {
    "noise": (unchanged | better).because(_WIDE),
    "shuffled-words": unchanged.because(_SPREAD),
    **dict.fromkeys(("dropped-words", "truncation", "loops"), (unchanged | better).because(_SPREAD)),
    "duplicates": worse,
    "smaller-n": unchanged | better.because("fewer fakes have wider neighbourhoods: compare at equal n"),
}
_COVERAGE = _COPIES | {
    "blur": ((unchanged | better).because(_MIDDLE), worse, worse),
    "duplicates": worse,
    "smaller-n": worse,  # fewer fakes reach fewer neighbourhoods: compare at equal n
}

_METRIC = partial(MetricSpec, takes="features", extractor="vgg16", min_n=2)
_PRECISION_SHARE = partial(Output, direction="higher", range=(0.0, 1.0), expects=_PRECISION)
_RECALL_SHARE = partial(Output, direction="higher", range=(0.0, 1.0), expects=_RECALL)
_DENSITY = partial(Output, direction="higher", range=(0.0, None), expects=_PRECISION)
_COVERED_SHARE = partial(Output, direction="higher", range=(0.0, 1.0), expects=_COVERAGE)

SPECS = (
    _METRIC(
        name="precision-recall",
        aspect="fidelity",
        make="genbench_fidelity.manifolds.precision_recall:precision_recall",
        summary="shares of the samples on the other side's manifold",
        source="Kynkäänniemi et al. 2019, arXiv:1904.06991",
        outputs=(
            _PRECISION_SHARE(name="precision", summary="share of fakes on the real manifold"),
            _RECALL_SHARE(
                name="recall", aspect="diversity", summary="share of real samples on the fakes' manifold"
            ),
        ),
        report=True,
    ),
    _METRIC(
        name="density-coverage",
        aspect="fidelity",
        make="genbench_fidelity.manifolds.density_coverage:density_coverage",
        summary="density and coverage of the neighbourhoods of real samples by fakes",
        source="Naeem et al. 2020, arXiv:2002.09797",
        outputs=(
            _DENSITY(name="density", summary="fakes in a real neighbourhood, over k"),
            _COVERED_SHARE(
                name="coverage", aspect="diversity", summary="share of real neighbourhoods that hold a fake"
            ),
        ),
        report=True,
    ),
    _METRIC(
        name="prdc",
        aspect="fidelity",
        make="genbench_fidelity.manifolds.prdc:prdc",
        summary="precision, recall, density and coverage as the package prdc computes them",
        source="Naeem et al. 2020, arXiv:2002.09797",
        outputs=(
            _PRECISION_SHARE(
                name="prdc-precision", summary="share of fakes in an open ball around a real sample"
            ),
            _RECALL_SHARE(
                name="prdc-recall",
                aspect="diversity",
                summary="share of real samples in an open ball around a fake",
            ),
            _DENSITY(name="prdc-density", summary="fakes in a real neighbourhood, over k"),
            _COVERED_SHARE(
                name="prdc-coverage",
                aspect="diversity",
                summary="share of real neighbourhoods that hold a fake",
            ),
        ),
    ),
)
