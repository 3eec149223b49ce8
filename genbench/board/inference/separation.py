"""How many votes separate the intervals of two scores that are computed from votes."""

from __future__ import annotations

import math

__all__ = ["MOST_VOTES", "separation_power", "votes_needed"]

#: The greatest number of votes that `votes_needed` tries.
MOST_VOTES = 10**8

_LEVEL = 0.95  # of the intervals
_LEAST_FREEDOM = 1.0


def separation_power(
    growth: float, *, difference: float, error: float, of_difference: float, freedom: float = math.inf
) -> float:
    """Return the probability that the intervals of two scores are apart, the better score above, in [0, 1].

    growth         the number of votes, as a multiple of the pilot's
    difference     the true difference of the scores, > 0
    error          the standard error of one score in the pilot
    of_difference  that of the difference of both
    freedom        the degrees of freedom of the pilot's intervals

    Errors are normal with variances in proportion to 1 / growth, and the degrees of freedom grow with the
    votes: new raters cast as many votes each as those of the pilot. Half the width of an interval is t times
    an estimated error, whose relative variance is 1 / (2 freedom), in both scores alike:

        P = Phi((difference - 2 t error) / sqrt(of_difference² + (2 t error)² / (2 freedom)))
    """
    from scipy.special import ndtr, stdtrit

    now = freedom * growth
    if now < _LEAST_FREEDOM:
        return 0.0
    t = float(stdtrit(now, (1 + _LEVEL) / 2))
    widths = 2 * t * error / math.sqrt(growth)
    spread = math.sqrt(of_difference**2 / growth + widths**2 / (2 * now))
    return float(ndtr((difference - widths) / spread))


def votes_needed(
    votes: int, *, difference: float, error: float, of_difference: float, freedom: float = math.inf,
    power: float = 0.8,
) -> int | None:  # fmt: skip
    """Return the smallest number of votes with this power; None if MOST_VOTES are too few.

    votes  of the pilot; the other parameters are those of `separation_power`
    """

    def is_enough(number: int) -> bool:
        found = separation_power(
            number / votes, difference=difference, error=error, of_difference=of_difference, freedom=freedom
        )
        return found >= power

    if not is_enough(MOST_VOTES):
        return None
    low, high = 0, MOST_VOTES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
