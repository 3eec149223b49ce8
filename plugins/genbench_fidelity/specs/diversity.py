"""Diversity of the fakes alone."""

from __future__ import annotations

from genbench import MetricSpec
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["DIVERSITY"]


DIVERSITY = (
    MetricSpec(
        name="vendi",
        make="genbench_fidelity.diversity.vendi:vendi",
        summary="effective number of different samples",
        source="Friedman & Dieng 2023, arXiv:2210.02410",
        takes="features",
        range=(1.0, None),
        report=True,
        expects=EXPECTED["vendi"],
    ),
)
