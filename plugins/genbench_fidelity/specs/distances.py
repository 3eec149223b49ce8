"""Distances between the distributions of real and fake features."""

from __future__ import annotations

from genbench import MetricSpec

__all__ = ["DISTANCES"]

_INCEPTION = "inception-v3-compat"

DISTANCES = (
    MetricSpec(
        name="fid",
        make="genbench_fidelity.fid:fid",
        summary="Fréchet distance between the features' Gaussians",
        source="Heusel et al. 2017, arXiv:1706.08500",
        takes="features",
        extractor=_INCEPTION,
        direction="lower",
        best=0.0,
        range=(0.0, None),
        min_n=2,
        report=True,
    ),
    MetricSpec(
        name="kid",
        make="genbench_fidelity.kid:kid",
        summary="unbiased squared maximum mean discrepancy of the features, cubic kernel",
        source="Bińkowski et al. 2018, arXiv:1801.01401",
        takes="features",
        extractor=_INCEPTION,
        direction="lower",
        best=0.0,
        min_n=2,
        report=True,
        version="2",
    ),
)
