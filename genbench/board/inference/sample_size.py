"""How many runs Welch's test needs, and how many votes separate the intervals of two scores."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "MOST_SEEDS", "MOST_VOTES", "compute_separation_power", "compute_upper_limit", "compute_welch_power",
    "find_runs", "find_votes", "pool_deviation",
]  # fmt: skip

#: The greatest numbers of runs that `find_runs` tries, and of votes that `find_votes` does.
MOST_SEEDS, MOST_VOTES = 10_000, 10**8

_NODES = 64  # of the integral over the two variances of a pair
_LEVEL = 0.95  # of the intervals of scores
_LEAST_FREEDOM = 1.0  # below it, there are too few votes for an interval


def compute_welch_power(runs: int, effect: float, alpha: float = 0.05) -> float:
    """Return the probability that Welch's two-sided test of two rows finds a difference, in [0, 1].

    runs    of each row, at least 2, with normal values of one true variance
    effect  the true difference in standard deviations of a run

    The statistic is noncentral t with 2 (runs - 1) degrees of freedom. Welch's critical value depends on a
    share: one row's sample variance over the sum of both rows' variances. This share is independent of the
    sum and has a beta distribution, so the probability is its mean over quantiles of the share.
    """
    import numpy as np
    from scipy.special import betaincinv, stdtrit
    from scipy.stats import nct

    half, shift = (runs - 1) / 2, abs(effect) * math.sqrt(runs / 2)
    share = betaincinv(half, half, (np.arange(_NODES) + 0.5) / _NODES)
    critical = stdtrit((runs - 1) / (share**2 + (1 - share) ** 2), 1 - alpha / 2)
    freedom = 4 * half  # 2 (runs - 1)
    chances = nct.sf(critical, freedom, shift) + nct.cdf(-critical, freedom, shift)
    # scipy returns NaN for the empty tail of a great effect, which the test finds almost certainly
    return float(np.where(np.isfinite(chances), chances, 1.0).mean())


def find_runs(effect: float, *, least: int, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Return the smallest number of runs of each of two rows, from `least` on, that Welch's test needs.

    effect  the true difference in standard deviations of a run, > 0
    power   the probability that the test finds the difference
    alpha   the level of the test

    Returns None if MOST_SEEDS are too few.
    """
    return _find_smallest(least, MOST_SEEDS, lambda runs: compute_welch_power(runs, effect, alpha) >= power)


def _find_smallest(least: int, most: int, is_enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number from `least` on that is enough, by bisection; None if `most` is not.

    is_enough  returns whether a number is enough; if one is, all greater ones are
    """
    if not is_enough(most):
        return None
    return least + bisect_left(range(least, most), True, key=is_enough)


def pool_deviation(rows: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the standard deviation of a run, pooled over rows, and its degrees of freedom.

        sqrt(sum of squared distances from the row's mean / degrees of freedom)

    rows  the values of the runs of each row, at least two
    """
    import statistics

    freedom = sum(len(row) - 1 for row in rows)
    squares = sum(statistics.variance(row) * (len(row) - 1) for row in rows)
    return math.sqrt(squares / freedom), freedom


def compute_upper_limit(deviation: float, freedom: float, level: float = 0.8) -> float:
    """Return the one-sided upper confidence limit of the standard deviation of normal values.

        deviation · sqrt(freedom / (1 - level) quantile of chi-squared with `freedom` degrees)

    deviation, freedom  the estimate and its degrees of freedom
    level               of the limit, in (0, 1)
    """
    from scipy.special import chdtri

    # chdtri takes the probability above the quantile: `level` is above the (1 - level) quantile
    return deviation * math.sqrt(freedom / float(chdtri(freedom, level)))


def compute_separation_power(
    growth: float, *, difference: float, error: float, of_difference: float, freedom: float = math.inf
) -> float:
    """Return the probability that the intervals of two scores are apart, the better score above, in [0, 1].

    growth         the number of votes, as a multiple of the pilot's
    difference     the true difference of the scores, > 0
    error          the standard error of one score in the pilot
    of_difference  the standard error of the difference of two scores in the pilot
    freedom        the degrees of freedom of the pilot's intervals

    Errors are normal with variances in proportion to 1 / growth. The degrees of freedom grow with the votes,
    since new raters are expected to cast as many votes each as those of the pilot. Half the width of an
    interval is t times an estimated error. That error has the relative variance 1 / (2 freedom), and is the
    same for both scores. At growth 1:

        P = Phi((difference - 2 t error) / sqrt(of_difference² + (2 t error)² / (2 freedom)))
    """
    from scipy.special import ndtr, stdtrit

    grown_freedom = freedom * growth
    if grown_freedom < _LEAST_FREEDOM:
        return 0.0
    t = float(stdtrit(grown_freedom, (1 + _LEVEL) / 2))
    widths = 2 * t * error / math.sqrt(growth)  # half of one interval and half of the other
    spread = math.sqrt(of_difference**2 / growth + widths**2 / (2 * grown_freedom))
    return float(ndtr((difference - widths) / spread))


def find_votes(
    votes: int, *, difference: float, error: float, of_difference: float, freedom: float = math.inf,
    power: float = 0.8,
) -> int | None:  # fmt: skip
    """Return the smallest number of votes with this power; None if MOST_VOTES are too few.

    votes  of the pilot; the other parameters are those of `compute_separation_power`
    """

    def is_enough(number: int) -> bool:
        """Return whether the intervals are apart with the given power if they come from `number` votes."""
        reached_power = compute_separation_power(
            number / votes, difference=difference, error=error, of_difference=of_difference, freedom=freedom
        )
        return reached_power >= power

    return _find_smallest(1, MOST_VOTES, is_enough)
