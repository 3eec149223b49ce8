"""Contingency tables of pairs of columns: their distance, and Cramér's V."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["BINS", "Binning", "Coded", "Contingency", "code_column", "contingency"]

#: How numbers become categories: in bins of the real range, or as SDMetrics' report makes them.
Binning = Literal["real-range", "sdmetrics"]

#: Bins of equal width in a range.
BINS = 10

_DENSE = 4  # cells of a table that is counted whole, per row of both tables; larger ones are counted sparsely


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of two tables as codes: real (n,) and fake (m,) int64 in [0, size), a gap among them."""

    real: NDArray[np.int64]
    fake: NDArray[np.int64]
    size: int


@dataclass(frozen=True)
class Contingency:
    """What the contingency tables of a pair of columns say.

    similarity  1 - the total variation distance of the real and the fake table, in [0, 1]
    real, fake  Cramér's V of each, in [0, 1]
    """

    similarity: float
    real: float
    fake: float


def code_column(column: Column, binning: Binning) -> Coded:
    """Return the codes of a column; a gap is a category.

    Numbers and dates are cut into BINS bins of equal width.

    real-range  between the extremes of the real column, the last bin with the upper one; the values below,
                those above and the gaps are three further categories
    sdmetrics   each table between its own extremes; the maximum and the gaps are one further category
    """
    if not column.is_numeric:
        gap = len(column.levels)
        real, fake = (np.where(side < 0, gap, side) for side in column.sides)
        return Coded(real, fake, gap + 1)
    real, fake = column.sides
    if binning == "sdmetrics":
        return Coded(np.digitize(real, _edges(real)), np.digitize(fake, _edges(fake)), BINS + 2)
    edges = _edges(real)
    return Coded(_bin(real, edges), _bin(fake, edges), BINS + 3)


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges (BINS + 1,) between the finite extremes; without a finite value, all are infinite."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.full(BINS + 1, np.inf)
    return np.linspace(finite.min(), finite.max(), BINS + 1)


def _bin(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    places = np.where(values == edges[-1], BINS, np.digitize(values, edges))
    return np.where(np.isnan(values), BINS + 2, places)


def contingency(one: Coded, other: Coded) -> Contingency:
    """Return the similarity of the contingency tables of a pair of columns, and their dependence.

    Memory is O(n + m), also where both columns have many categories.
    """
    real = one.real * other.size + other.real
    fake = one.fake * other.size + other.fake
    size = one.size * other.size
    if size <= _DENSE * (len(real) + len(fake)):
        cells = np.arange(size)
    else:
        cells, places = np.unique(np.concatenate([real, fake]), return_inverse=True)
        real, fake = places[: len(real)], places[len(real) :]
    rows, columns = np.divmod(cells, other.size)
    p, q = (np.bincount(side, minlength=len(cells)) / len(side) for side in (real, fake))
    return Contingency(
        similarity=1.0 - float(np.abs(p - q).sum()) / 2,
        real=_cramer(p, rows, columns),
        fake=_cramer(q, rows, columns),
    )


def _cramer(p: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    """Return Cramér's V of the shares (k,) of cells in rows and columns; 0 if one of the two is constant."""
    used = p > 0
    p, rows, columns = p[used], rows[used], columns[used]
    of_rows, of_columns = np.bincount(rows, p), np.bincount(columns, p)
    freedom = min(np.count_nonzero(of_rows), np.count_nonzero(of_columns)) - 1
    if freedom < 1:
        return 0.0
    squared = float(np.sum(p**2 / (of_rows[rows] * of_columns[columns]))) - 1.0  # chi-squared / n
    return float(np.sqrt(np.clip(squared / freedom, 0.0, 1.0)))
