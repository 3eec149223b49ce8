"""How many runs a test needs, by the noncentral t distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOST_RUNS", "pooled_deviation", "power_of", "runs_needed", "upper_limit"]

#: The greatest number of runs that `runs_needed` tries.
MOST_RUNS = 10_000


def power_of(runs: int, effect: float, alpha: float = 0.05) -> float:
    """Return the probability that a two-sided t-test of two rows finds a difference, in [0, 1].

    runs    of each row, at least 2
    effect  the true difference in standard deviations of a run
    """
    from scipy.stats import nct, t

    freedom, shift = 2 * (runs - 1), abs(effect) * math.sqrt(runs / 2)
    critical = t.ppf(1 - alpha / 2, freedom)
    found = nct.sf(critical, freedom, shift) + nct.cdf(-critical, freedom, shift)
    return float(found) if math.isfinite(found) else 1.0  # scipy has no value where nothing is left to chance


def runs_needed(effect: float, *, least: int, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Return the smallest number of runs from `least` on with this power; None if MOST_RUNS are too few.

    effect  the difference in standard deviations of a run, > 0
    """
    if power_of(MOST_RUNS, effect, alpha) < power:
        return None
    low, high = least - 1, MOST_RUNS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle, effect, alpha) >= power else (middle, high)
    return high


def pooled_deviation(rows: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the standard deviation of a run, pooled over rows, and its degrees of freedom.

    rows  of at least two runs each

    sqrt(sum of squared distances from the row's mean / degrees of freedom)
    """
    import statistics

    freedom = sum(len(row) - 1 for row in rows)
    squares = sum(statistics.variance(row) * (len(row) - 1) for row in rows)
    return math.sqrt(squares / freedom), freedom


def upper_limit(deviation: float, freedom: int, level: float = 0.8) -> float:
    """Return the one-sided upper confidence limit of a normal standard deviation."""
    from scipy.special import chdtri

    return deviation * math.sqrt(freedom / float(chdtri(freedom, level)))
