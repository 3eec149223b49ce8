"""Areas under ROC curves, with DeLong's variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Area", "area", "mean_area"]

_NORMAL_975 = 1.959963984540054  # Phi^-1(0.975)


@dataclass(frozen=True)
class Area:
    """An area under a ROC curve in [0, 1], and the variance of its estimate, >= 0."""

    value: float
    variance: float

    @property
    def interval(self) -> tuple[float, float]:
        """The normal interval of 95 %, cut to [0, 1]."""
        reach = _NORMAL_975 * math.sqrt(self.variance)
        return max(0.0, self.value - reach), min(1.0, self.value + reach)


def area(positive: NDArray[Any], negative: NDArray[Any]) -> Area:
    """Return the area under the ROC curve of scores (n,) of positives and (m,) of negatives; n, m >= 1.

        value     = mean over pairs of [p > q] + [p = q] / 2
        variance  = var(V) / n + var(W) / m

    V and W are the means of the same terms for each positive and each negative, variances have the divisor
    n - 1; one score alone has the variance 0.

    Source: DeLong, DeLong and Clarke-Pearson 1988 (doi:10.2307/2531595), eq. 2 to 5, by ranks.
    """
    n, m = len(positive), len(negative)
    below = _share_below(positive, negative)
    above = 1 - _share_below(negative, positive)
    variance = sum(float(np.var(part, ddof=1)) / size for part, size in ((below, n), (above, m)) if size > 1)
    return Area(float(below.mean()), variance)


def mean_area(areas: list[Area]) -> Area:
    """Return the mean of independent areas."""
    return Area(
        sum(each.value for each in areas) / len(areas), sum(each.variance for each in areas) / len(areas) ** 2
    )


def _share_below(scores: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n,), for each score the share of the others below it, equal ones by half."""
    ordered = np.sort(others)
    first, last = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    share: NDArray[np.float64] = (first + last) / (2 * len(ordered))
    return share
