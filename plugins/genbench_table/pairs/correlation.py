"""Correlations of all pairs of columns, each over the rows that are complete in the pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Coefficient", "correlations"]

Coefficient = Literal["pearson", "spearman"]

_BLOCK = 1 << 15  # rows in one matrix product
_ROUNDING = 1e-6  # a variance below this share of the mean square is computed anew, from deviations


def correlations(
    columns: Sequence[NDArray[np.float64]], coefficient: Coefficient = "pearson"
) -> NDArray[np.float64]:
    """Return the correlations (d, d) float64 in [-1, 1] of d columns (n,).

    Each is over the rows in which both columns are finite. It is 0 where one of them is constant in these
    rows, and where there are fewer than two: such a column depends on nothing. "spearman" correlates ranks
    within these rows, with the mean rank for ties. Memory beyond the columns: that of one more copy, and
    O(d) of a block of rows.
    """
    whole = [_standardise(column) for column in columns]
    if coefficient == "pearson":
        return _products(whole)
    found = _products([_standardise(_rank(column)) for column in whole])
    present = [~np.isnan(column) for column in whole]
    for i, j in _pairs(len(whole)):
        if not np.array_equal(present[i], present[j]):  # the rows of this pair have ranks of their own
            both = present[i] & present[j]
            found[i, j] = found[j, i] = _plain(_rank(whole[i][both]), _rank(whole[j][both]))
    return found


def _pairs(d: int) -> Sequence[tuple[int, int]]:
    return list(zip(*np.triu_indices(d, 1), strict=True))


def _standardise(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a column with mean 0 and mean square 1, and NaN for what is not finite; 0 if it is constant."""
    finite = np.isfinite(column)
    known = column[finite]
    found = np.full(len(column), np.nan)
    if len(known):
        known = known / (np.abs(known).max() or 1.0)  # so that no square overflows
        known = known - known.mean() if np.ptp(known) else np.zeros_like(known)
        found[finite] = known / (np.sqrt(np.mean(known**2)) or 1.0)
    return found


def _rank(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks of the values that are not NaN."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(column, nan_policy="omit"), dtype=np.float64)


def _products(columns: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the correlations of standardized columns, from products of matrices of masked rows."""
    d = len(columns)
    n, first, second, product = (np.zeros((d, d)) for _ in range(4))
    for start in range(0, len(columns[0]), _BLOCK):
        x = np.stack([column[start : start + _BLOCK] for column in columns])
        known = ~np.isnan(x)
        x[~known] = 0.0
        mask = known.astype(np.float64)
        n += mask @ mask.T
        first += x @ mask.T  # [i, j]: the sum of column i over the rows that are complete in i and j
        second += (x * x) @ mask.T
        product += x @ x.T
    n = np.maximum(n, 1.0)
    spread = second / n - (first / n) ** 2
    scale = np.sqrt(np.maximum(spread * spread.T, 0.0))
    covariance = product / n - (first / n) * (first / n).T
    found = np.divide(covariance, scale, out=np.zeros((d, d)), where=scale > 0).clip(-1.0, 1.0)
    unsafe = spread <= _ROUNDING * second / n
    for i, j in _pairs(d):
        if unsafe[i, j] or unsafe[j, i]:
            both = ~np.isnan(columns[i]) & ~np.isnan(columns[j])
            found[i, j] = found[j, i] = _plain(columns[i][both], columns[j][both])
    return found


def _plain(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the correlation of two columns without NaN, 0 if one is constant."""
    if not len(one) or not np.ptp(one) or not np.ptp(other):
        return 0.0
    x, y = one - one.mean(), other - other.mean()
    x, y = x / np.abs(x).max(), y / np.abs(y).max()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
