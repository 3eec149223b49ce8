"""Memorisation: what fakes owe to training samples."""

from __future__ import annotations

from genbench import MetricSpec

__all__ = ["COPYING"]


COPYING = (
    MetricSpec(
        name="authenticity",
        make="genbench_fidelity.authenticity:authenticity",
        summary="percentage of fakes that are no near-copies of training samples",
        source="Alaa et al. 2022, arXiv:2102.08921",
        takes="features",
        range=(0.0, 100.0),
    ),
)
