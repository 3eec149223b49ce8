"""Fidelity and coverage: whose neighbourhoods hold whose samples."""

from __future__ import annotations

from genbench import MetricSpec, Output
from genbench_fidelity.specs.common import share
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["MANIFOLDS"]

_VGG = "vgg16"

MANIFOLDS = (
    MetricSpec(
        name="precision-recall",
        make="genbench_fidelity.manifolds.precision_recall:precision_recall",
        summary="shares of the samples on the other side's manifold",
        source="Kynkäänniemi et al. 2019, arXiv:1904.06991",
        takes="features",
        extractor=_VGG,
        outputs=(
            share("precision", "share of fakes on the real manifold"),
            share("recall", "share of real samples on the fakes' manifold"),
        ),
        min_n=2,
        report=True,
    ),
    MetricSpec(
        name="density-coverage",
        make="genbench_fidelity.manifolds.density_coverage:density_coverage",
        summary="how full of fakes the neighbourhoods of the real samples are",
        source="Naeem et al. 2020, arXiv:2002.09797",
        takes="features",
        extractor=_VGG,
        outputs=(
            Output(
                name="density",
                direction="higher",
                summary="fakes in a real neighbourhood, over k",
                range=(0.0, None),
                expects=EXPECTED["density"],
            ),
            share("coverage", "share of real neighbourhoods that hold a fake"),
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
            share("prdc-precision", "share of fakes in an open ball around a real sample"),
            share("prdc-recall", "share of real samples in an open ball around a fake"),
            Output(
                name="prdc-density",
                direction="higher",
                summary="fakes in a real neighbourhood, over k",
                range=(0.0, None),
                expects=EXPECTED["prdc-density"],
            ),
            share("prdc-coverage", "share of real neighbourhoods that hold a fake"),
        ),
        min_n=2,
    ),
)
