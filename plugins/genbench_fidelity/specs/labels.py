"""Metrics that look at labels: what fakes teach, and the group that fares worst."""

from __future__ import annotations

from genbench import MetricSpec, Output
from genbench_fidelity.specs.common import share

__all__ = ["LABELS"]

LABELS = (
    MetricSpec(
        name="cas",
        make="genbench_fidelity.cas:cas",
        summary="accuracy on real images of a network trained on fakes",
        source="Ravuri & Vinyals 2019, arXiv:1905.10887",
        spaces=("image",),
        direction="higher",
        range=(0.0, 1.0),
    ),
    MetricSpec(
        name="tstr",
        make="genbench_fidelity.tstr:tstr",
        summary="what a linear classifier learns from fakes",
        source="Esteban et al. 2017, arXiv:1706.02633",
        takes="features",
        outputs=(
            share("tstr", "accuracy on real samples of a linear classifier trained on fakes"),
            Output(
                name="tstr-gap",
                direction="lower",
                summary="accuracy of one trained on real samples, minus tstr",
                range=(-1.0, 1.0),
            ),
        ),
    ),
    MetricSpec(
        name="worst-kid",
        make="genbench_fidelity.worst_group:worst_kid",
        summary="kid of the label where it is greatest",
        source="Bińkowski et al. 2018, arXiv:1801.01401; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        direction="lower",
        best=0.0,
        min_n=2,
    ),
    MetricSpec(
        name="worst-coverage",
        make="genbench_fidelity.worst_group:worst_coverage",
        summary="coverage of the label where it is least",
        source="Naeem et al. 2020, arXiv:2002.09797; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        direction="higher",
        range=(0.0, 1.0),
        min_n=2,
    ),
)
