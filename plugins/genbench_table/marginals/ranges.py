"""Metric `ranges`: how much of the range of each number the fakes cover, and whether they stay in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench_table.columns.values import columns_of
from genbench_table.marginals.parts import mean_of_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["boundary_adherence", "range_coverage", "ranges"]

_NONE = "ranges needs a column of numbers or dates with values in the real table; there is none"


def ranges(real: Samples, fake: Samples) -> dict[str, Score]:
    """Return `range-coverage` and `boundary-adherence`, means over columns in [0, 1]; higher is better.

        range-coverage      1 - (max(0, a - l) + max(0, h - b)) / (h - l), at least 0
        boundary-adherence  share of fake values in [l, h]

    l, h are the least and the greatest value of a real column, a, b those of the fake one.

    real, fake  tables of one space; columns of numbers, integers and dates count

    Gaps, and infinite values of the real column, are left out. The range of a sample grows with n, so both
    compare at equal n only: two samples of one law score slightly below 1. A constant real column is covered
    if its value is between the extremes of the fakes. A column without a fake value scores 0. Extra: `parts`,
    the value of each column, and a `warning` of columns that may be identifiers. Raises Undefined without
    such a column.

    Source: RangeCoverage and BoundaryAdherence of SDMetrics.
    """
    columns = [column for column in columns_of(real, fake) if column.is_numeric]
    return {
        "range-coverage": mean_of_columns(columns, range_coverage, _NONE),
        "boundary-adherence": mean_of_columns(columns, boundary_adherence, _NONE),
    }


def range_coverage(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
    """Return the share of the real range between the extremes of the fake values, none of them NaN."""
    low, high = _range(real)
    least, greatest = float(fake.min()), float(fake.max())
    if low == high:
        return float(least <= low <= greatest)
    return max(0.0, 1.0 - (max(0.0, least - low) + max(0.0, high - greatest)) / (high - low))


def boundary_adherence(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
    """Return the share of fake values that are in the real range, none of them NaN."""
    low, high = _range(real)
    return float(((fake >= low) & (fake <= high)).mean())


def _range(real: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the greatest finite value, or both of all if none is finite."""
    finite = real[np.isfinite(real)]
    known = finite if len(finite) else real
    return float(known.min()), float(known.max())
