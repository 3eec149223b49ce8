"""Comparison of shares that are drawn."""

from __future__ import annotations

import math

__all__ = ["is_above"]

_ERRORS = 3.0  # standard errors; chance exceeds them once in 700


def is_above(share: float, usual: float, n: float, m: float) -> bool:
    """Return whether a share of n rows is above one of m rows by more than chance explains.

    share - usual > 3 sqrt(share (1 - share) / n + usual (1 - usual) / m)
    """
    return share - usual > _ERRORS * math.sqrt(share * (1 - share) / n + usual * (1 - usual) / m)
