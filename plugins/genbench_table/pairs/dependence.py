"""The dependence of all pairs of columns of two tables, and how similar it is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.pairs.contingency import coded, contingency
from genbench_table.pairs.correlation import correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench_table.columns.values import Column
    from genbench_table.pairs.contingency import Binning
    from genbench_table.pairs.correlation import Coefficient

__all__ = ["MOST_COLUMNS", "Pairs", "pairs_of"]

#: Columns of the matrices in the record of a score: those with the lowest similarity.
MOST_COLUMNS = 50

_DIGITS = 6  # of the numbers in these matrices


@dataclass(frozen=True, eq=False)
class Pairs:
    """Matrices (d, d) float64 of the d columns of two tables, symmetric, with 1 on the diagonal.

    similarity  how similar the dependence of a pair is, in [0, 1]
    real, fake  the dependence in each table: a correlation in [-1, 1], or Cramér's V in [0, 1]
    numeric     bool, whether the dependence of a pair is a correlation
    """

    names: tuple[str, ...]
    similarity: NDArray[np.float64]
    real: NDArray[np.float64]
    fake: NDArray[np.float64]
    numeric: NDArray[np.bool_]

    def record(self, counted: NDArray[np.bool_]) -> dict[str, Any]:
        """Return what the record of a score holds, of the pairs where `counted` (d, d) is true.

        columns  number of columns
        counted  number of pairs
        parts    the mean similarity of the pairs of each column that has one
        pairs    names, and the matrices values (the similarity, None for a pair that does not count), real
                 and fake, as lists of rows

        `parts` and `pairs` have at most the MOST_COLUMNS columns with the lowest mean similarity.
        """
        counted = counted & ~np.eye(len(self.names), dtype=bool)
        each = counted.sum(axis=1)
        means = np.divide(
            np.where(counted, self.similarity, 0).sum(axis=1), each, out=np.ones(len(each)), where=each > 0
        )
        chosen = np.sort(np.argsort(means, kind="stable")[:MOST_COLUMNS])
        shown = np.ix_(chosen, chosen)
        values = np.where((counted | np.eye(len(each), dtype=bool))[shown], self.similarity[shown], np.nan)
        names = [self.names[number] for number in chosen]
        return {
            "columns": len(each),
            "counted": int(each.sum()) // 2,
            "parts": {self.names[number]: float(means[number]) for number in chosen if each[number]},
            "pairs": {
                "names": names,
                "values": _rows(values),
                "real": _rows(self.real[shown]),
                "fake": _rows(self.fake[shown]),
            },
        }


def _rows(matrix: NDArray[np.float64]) -> list[list[float | None]]:
    return [[None if np.isnan(value) else round(value, _DIGITS) for value in row] for row in matrix.tolist()]


def pairs_of(columns: Sequence[Column], *, binning: Binning, correlation: Coefficient) -> Pairs:
    """Return the dependence of all pairs of columns of two tables.

    Two numbers, integers or dates: the correlation, and the similarity 1 - |r - s| / 2. Other pairs: Cramér's
    V, and 1 - the total variation distance of the contingency tables. Time is O(d² (n + m)).
    """
    d = len(columns)
    numeric = np.array([column.is_numeric for column in columns])
    similarity, real, fake = np.eye(d), np.eye(d), np.eye(d)
    at = np.ix_(numeric, numeric)
    if numeric.any():
        for side, found in enumerate((real, fake)):
            found[at] = correlations([c.sides[side] for c in columns if c.is_numeric], correlation)
        similarity[at] = 1.0 - np.abs(real[at] - fake[at]) / 2
    codes = [coded(column, binning) for column in columns]
    for i, j in itertools.combinations(range(d), 2):
        if not (numeric[i] and numeric[j]):
            each = contingency(codes[i], codes[j])
            for matrix, value in ((similarity, each.similarity), (real, each.real), (fake, each.fake)):
                matrix[i, j] = matrix[j, i] = value
    for matrix in (similarity, real, fake):
        np.fill_diagonal(matrix, 1.0)
    names = tuple(column.name for column in columns)
    return Pairs(names, similarity, real, fake, np.logical_and.outer(numeric, numeric))
