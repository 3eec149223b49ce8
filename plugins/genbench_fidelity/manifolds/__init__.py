"""Fidelity and coverage by neighbourhoods in feature space."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_VGG = "vgg16"
_REAL = "copies of real samples are real"
_LEFT = (unchanged | better).because("the remaining samples are as real as before")
_MIDDLE = "a little blur moves samples to where the data are dense"
_WIDE = "noise widens the neighbourhoods of the fakes, which then contain more"
_SPREAD = "damage spreads the fakes, whose neighbourhoods then contain more"
_PRECISION = {
    "blur": ((unchanged | better).because(_MIDDLE), worse, worse),
    "blur[pixels]": (unchanged | better).because(_MIDDLE),
    "dropped-modes": _LEFT,
    "collapse": _LEFT,
    "label-shift": _LEFT,
    "train-copies": (unchanged | better).because(_REAL),
    "near-copies": (unchanged | better).because(_REAL),
}
_RECALL = {
    "noise": (unchanged | better).because(_WIDE),
    "shuffled-words": unchanged.because(_SPREAD),
    "dropped-words": (unchanged | better).because(_SPREAD),
    "truncation": (unchanged | better).because(_SPREAD),
    "loops": (unchanged | better).because(_SPREAD),
    "duplicates": worse,
    "train-copies": (unchanged | better).because(_REAL),
    "near-copies": (unchanged | better).because(_REAL),
    "smaller-n": unchanged | better.because("fewer fakes have wider neighbourhoods: compare at equal n"),
}
_COVERAGE = {
    "blur": ((unchanged | better).because(_MIDDLE), worse, worse),
    "duplicates": worse,
    "train-copies": (unchanged | better).because(_REAL),
    "near-copies": (unchanged | better).because(_REAL),
    "smaller-n": worse,  # fewer fakes reach fewer neighbourhoods: compare at equal n
}

SPECS = (
    MetricSpec(
        name="precision-recall",
        make="genbench_fidelity.manifolds.precision_recall:precision_recall",
        summary="shares of the samples on the other side's manifold",
        source="Kynkäänniemi et al. 2019, arXiv:1904.06991",
        takes="features",
        extractor=_VGG,
        outputs=(
            Output(
                name="precision",
                direction="higher",
                summary="share of fakes on the real manifold",
                range=(0.0, 1.0),
                expects=_PRECISION,
            ),
            Output(
                name="recall",
                direction="higher",
                summary="share of real samples on the fakes' manifold",
                range=(0.0, 1.0),
                expects=_RECALL,
            ),
        ),
        min_n=2,
        report=True,
    ),
    MetricSpec(
        name="density-coverage",
        make="genbench_fidelity.manifolds.density_coverage:density_coverage",
        summary="density and coverage of the neighbourhoods of real samples by fakes",
        source="Naeem et al. 2020, arXiv:2002.09797",
        takes="features",
        extractor=_VGG,
        outputs=(
            Output(
                name="density",
                direction="higher",
                summary="fakes in a real neighbourhood, over k",
                range=(0.0, None),
                expects=_PRECISION,
            ),
            Output(
                name="coverage",
                direction="higher",
                summary="share of real neighbourhoods that hold a fake",
                range=(0.0, 1.0),
                expects=_COVERAGE,
            ),
        ),
        min_n=2,
        report=True,
    ),
    MetricSpec(
        name="prdc",
        make="genbench_fidelity.manifolds.prdc:prdc",
        summary="precision, recall, density and coverage as the package prdc computes them",
        source="Naeem et al. 2020, arXiv:2002.09797",
        takes="features",
        extractor=_VGG,
        outputs=(
            Output(
                name="prdc-precision",
                direction="higher",
                summary="share of fakes in an open ball around a real sample",
                range=(0.0, 1.0),
                expects=_PRECISION,
            ),
            Output(
                name="prdc-recall",
                direction="higher",
                summary="share of real samples in an open ball around a fake",
                range=(0.0, 1.0),
                expects=_RECALL,
            ),
            Output(
                name="prdc-density",
                direction="higher",
                summary="fakes in a real neighbourhood, over k",
                range=(0.0, None),
                expects=_PRECISION,
            ),
            Output(
                name="prdc-coverage",
                direction="higher",
                summary="share of real neighbourhoods that hold a fake",
                range=(0.0, 1.0),
                expects=_COVERAGE,
            ),
        ),
        min_n=2,
    ),
)
