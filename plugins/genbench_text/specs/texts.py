"""Metrics on texts themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import MetricSpec

__all__ = ["TEXTS"]

TEXTS: tuple[MetricSpec, ...] = ()
