"""Diversity of the fakes, pair by pair."""

from __future__ import annotations

from genbench import MetricSpec
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["PAIRS"]

PAIRS = (
    MetricSpec(
        name="ms-ssim-diversity",
        make="genbench_fidelity.diversity.ms_ssim:ms_ssim_diversity",
        summary="mean structural similarity of pairs of fakes",
        source="Odena et al. 2017, arXiv:1610.09585",
        spaces=("image",),
        range=(0.0, 1.0),
        min_n=2,
        expects=EXPECTED["ms-ssim-diversity"],
    ),
    MetricSpec(
        name="lpips-diversity",
        make="genbench_fidelity.diversity.lpips_diversity:lpips_diversity",
        summary="mean perceptual distance of pairs of fakes",
        source="Zhang et al. 2018, arXiv:1801.03924",
        takes="features",
        extractor="lpips",
        range=(0.0, None),
        min_n=2,
        expects=EXPECTED["lpips-diversity"],
    ),
)
