"""Metrics on the likelihoods that a sampler gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import MetricSpec

__all__ = ["LIKELIHOODS"]

LIKELIHOODS: tuple[MetricSpec, ...] = ()
