"""How many runs Welch's test needs, by the noncentral t distribution."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MOST_RUNS",
    "pooled_deviation",
    "power_of",
    "runs_needed",
    "runs_without_spread",
    "upper_limit",
]

#: The greatest number of runs that `runs_needed` tries.
MOST_RUNS = 10_000

_NODES = 64  # of the integral over the two variances of a pair


def power_of(runs: int, effect: float, alpha: float = 0.05) -> float:
    """Return the probability that Welch's two-sided test of two rows finds a difference, in [0, 1].

    runs    of each row, at least 2, with normal values of one true variance
    effect  the true difference in standard deviations of a run

    The statistic is noncentral t with 2 (runs - 1) degrees of freedom. Welch's critical value depends on the
    share of one sample variance in both, which is independent of their sum and has a beta distribution; the
    probability is the mean over its quantiles.
    """
    import numpy as np
    from scipy.special import betaincinv, stdtrit
    from scipy.stats import nct

    half, shift = (runs - 1) / 2, abs(effect) * math.sqrt(runs / 2)
    share = betaincinv(half, half, (np.arange(_NODES) + 0.5) / _NODES)
    critical = stdtrit((runs - 1) / (share**2 + (1 - share) ** 2), 1 - alpha / 2)
    found = nct.sf(critical, 4 * half, shift) + nct.cdf(-critical, 4 * half, shift)
    return float(
        np.where(np.isfinite(found), found, 1.0).mean()
    )  # scipy has no value where nothing is left to chance


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


def runs_without_spread(*, least: int, alpha: float = 0.05) -> int:
    """Return the smallest number of runs from `least` on at which equal runs of two rows can be told apart.

    Their p-value is that of the exact permutation test, 2 / C(2 runs, runs).
    """
    return next(runs for runs in itertools.count(least) if 2 / math.comb(2 * runs, runs) <= alpha)


def pooled_deviation(rows: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the standard deviation of a run, pooled over rows, and its degrees of freedom.

    rows  of at least two runs each

    sqrt(sum of squared distances from the row's mean / degrees of freedom)
    """
    import statistics

    freedom = sum(len(row) - 1 for row in rows)
    squares = sum(statistics.variance(row) * (len(row) - 1) for row in rows)
    return math.sqrt(squares / freedom), freedom


def upper_limit(deviation: float, freedom: float, level: float = 0.8) -> float:
    """Return the one-sided upper confidence limit of a normal standard deviation."""
    from scipy.special import chdtri

    return deviation * math.sqrt(freedom / float(chdtri(freedom, level)))
