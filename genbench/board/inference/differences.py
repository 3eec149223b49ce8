"""The difference of two rows of one column: its interval, its size and its p-value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.inference.welch import p_values, spreads

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Difference", "difference"]


class Difference(NamedTuple):
    """The difference of two means.

    mean       of the first row's runs minus the second's
    low, high  Welch's interval of it at the level that was asked for
    effect     the mean in standard deviations of a run (Hedges' g); None without any spread, and where the
               spread has less than two degrees of freedom, as with most pairs of two runs
    p          of Welch's two-sided test that there is no difference
    """

    mean: float
    low: float
    high: float
    effect: float | None
    p: float


def difference(
    first: Sequence[float], second: Sequence[float], others: Sequence[Sequence[float]], level: float = 0.95
) -> Difference:
    """Return the difference of two rows with equally many runs, at least two.

    others  the runs of the other rows of the column, which say what spreads are usual (see welch)
    """
    from scipy.special import stdtrit

    found = spreads([first, second, *others])
    (m, n), (v, w), (f, g) = (values[:2].tolist() for values in found[:3])
    mean, p = m - n, float(p_values(found)[0, 1])
    if v + w == 0:
        only = math.ldexp(mean, found.exponent)
        return Difference(only, only, only, None, p)
    share = v / (v + w)
    freedom = min(1 / (share**2 / f + (1 - share) ** 2 / g), len(found.means) * (found.runs - 1))
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt((v + w) / found.runs)
    effect = None
    if freedom >= 2:  # noqa: PLR2004 - below, Hedges' correction has no finite mean
        effect = (1 - 3 / (4 * freedom - 1)) * mean / math.sqrt((v + w) / 2)
    mean, low, high = (math.ldexp(end, found.exponent) for end in (mean, mean - half, mean + half))
    return Difference(mean, low, high, effect, p)
