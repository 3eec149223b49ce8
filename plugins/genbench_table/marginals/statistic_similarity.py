"""Metric `statistic-similarity`: the mean, the median and the standard deviation of each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.columns.values import columns_of
from genbench_table.marginals.parts import mean_of_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["statistic_similarity"]

_NONE = "statistic-similarity needs a column of numbers or dates with values in the real table; there is none"


def statistic_similarity(real: Samples, fake: Samples) -> dict[str, Score]:
    """Return `mean-`, `median-` and `std-similarity`, means over columns in [0, 1]; higher is better.

        1 - |s - t| / (h - l), at least 0     s, t the statistic of the real and of the fake column

    l and h are the least and the greatest real value. The standard deviation divides by n - 1, and is 0 of
    one value.

    real, fake  tables of one space; columns of numbers, integers and dates count

    Gaps and infinite values are left out. A constant real column scores 1 if the statistics are equal and 0
    otherwise; a column without a fake value scores 0. An outlier in the real table widens the range, so that
    every fake scores near 1. Extra: `parts`, the value of each column, and a `warning` of columns
    that may be identifiers. Raises Undefined without such a column.

    Source: StatisticSimilarity of SDMetrics.
    """
    columns = [column for column in columns_of(real, fake) if column.is_numeric]
    statistics: dict[str, Callable[[Any], Any]] = {"mean": np.mean, "median": np.median, "std": _deviation}
    return {
        f"{name}-similarity": mean_of_columns(columns, _similarity_of(statistic), _NONE)
        for name, statistic in statistics.items()
    }


def _similarity_of(
    statistic: Callable[[NDArray[np.float64]], float],
) -> Callable[[NDArray[np.float64], NDArray[np.float64]], float]:
    """Return the similarity of two sides by a statistic."""

    def similarity(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
        one, other = (side[np.isfinite(side)] for side in (real, fake))
        if not len(one) or not len(other):
            return 0.0
        exponent = np.frexp(max(np.abs(one).max(), np.abs(other).max()))[1]
        one, other = (np.ldexp(side, -exponent) for side in (one, other))  # so that no square overflows
        gap, span = abs(float(statistic(one)) - float(statistic(other))), float(np.ptp(one))
        return max(0.0, 1.0 - gap / span) if span else float(gap == 0)

    return similarity


def _deviation(values: NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
