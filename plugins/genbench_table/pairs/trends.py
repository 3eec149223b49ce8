"""Metrics `pair-trends` and `pair-trends-strong`: how similar the dependence of pairs of columns is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of
from genbench_table.pairs.contingency import Binning, code_column, contingency
from genbench_table.pairs.correlation import Coefficient, correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column

__all__ = ["MOST_COLUMNS", "Pairs", "pair_trends", "pair_trends_strong", "pairs_of"]

#: Columns of the matrices in the record of a score: those with the lowest similarity.
MOST_COLUMNS = 50
_DIGITS = 6  # of the numbers in these matrices


#: The dependence above which a pair is strong: the defaults of the quality report of SDMetrics 0.32.
_CORRELATION, _ASSOCIATION = 0.5, 0.3

_REAL = 0  # the place of the real table


def pair_trends(
    real: Samples, fake: Samples, *, binning: Binning = "real-range", correlation: Coefficient = "pearson"
) -> Score:
    """Return the mean similarity of the dependence of all pairs of columns, in [0, 1]; higher is better.

        two numbers or dates  1 - |r - s| / 2                       r, s the correlations
        other pairs           1 - sum over cells of |p - q| / 2     p, q the shares in the contingency tables

    real, fake   tables of one space
    binning      "real-range" cuts a number beside a category into 10 bins between the real extremes; values
                 below, values above and gaps are categories of their own. "sdmetrics" cuts each table between
                 its own extremes, as the report of SDMetrics does, so it misses a shift of the whole column
    correlation  "pearson", or "spearman" for ranks

    A correlation is over the rows that are complete in the pair, and 0 where a column is constant. Gaps are a
    category in contingency tables. Most pairs of most tables hardly depend on each other, so independent
    columns score high: pair-trends-strong leaves such pairs out. A contingency table has many cells, so two
    samples of one law score clearly below 1, lower at smaller n and lower than a model that smooths: compare
    with held-out rows at equal n. Extra: `parts`, `pairs` (see `Pairs.record`), and a `warning` of
    columns that may be identifiers. Raises Undefined for one column.

    Source: Column Pair Trends of SDMetrics before 2026, as TabSyn (arXiv:2310.09656) quotes it.
    """
    columns, found = _pairs("pair-trends", real, fake, binning, correlation)
    return _mean(columns, found, np.ones_like(found.numeric))


def pair_trends_strong(
    real: Samples,
    fake: Samples,
    *,
    binning: Binning = "real-range",
    correlation: Coefficient = "pearson",
    min_correlation: Annotated[float, Ge(0), Le(1)] = _CORRELATION,
    min_association: Annotated[float, Ge(0), Le(1)] = _ASSOCIATION,
) -> Score:
    """Return pair-trends of the pairs that depend on each other in the real table; higher is better.

        mean over strong pairs of 1 - |r - s| / 2, or of 1 - sum over cells of |p - q| / 2

    real, fake, binning, correlation  as in pair_trends
    min_correlation  the |correlation| of two numbers or dates above which a pair counts
    min_association  the Cramér's V of other pairs above which a pair counts

    Which pairs count depends on the real table alone, so all generators are judged on the same pairs.
    Cramér's V of independent columns rises as n falls and with the number of categories; that of a category
    which differs in each row is the greatest with every column. Extra: as of pair-trends, with None for the
    pairs that do not count, and identifiers only of those that do. Raises Undefined for one column, and if no
    pair is strong.

    Source: Column Pair Trends of SDMetrics since 2026.
    """
    columns, found = _pairs("pair-trends-strong", real, fake, binning, correlation)
    strength = np.abs(found.real)
    strong = strength > np.where(found.numeric, min_correlation, min_association)
    np.fill_diagonal(strong, val=False)
    if not strong.any():
        raise Undefined(
            f"pair-trends-strong needs real columns with a correlation above {min_correlation:g} or Cramér's "
            f"V above {min_association:g}; no pair has it; use pair-trends"
        )
    return _mean(columns, found, strong)


def _pairs(
    metric: str, real: Samples, fake: Samples, binning: Binning, correlation: Coefficient
) -> tuple[list[Column], Pairs]:
    """Return the columns of two tables, and the dependence of their pairs."""
    columns = columns_of(real, fake)
    if len(columns) < 2:  # noqa: PLR2004 - a pair
        raise Undefined(f"{metric} needs at least 2 columns; the table has {len(columns)}")
    return columns, pairs_of(columns, binning=binning, correlation=correlation)


def _mean(columns: Sequence[Column], pairs: Pairs, counted: NDArray[np.bool_]) -> Score:
    """Return the mean similarity of the pairs that count, with a caution of identifiers among them."""
    above = np.triu(counted, 1)
    used = [columns[number] for number in np.flatnonzero((above | above.T).any(axis=1)).tolist()]
    extra = {**pairs.record(counted), **caution_of_identifiers(used, _REAL)}
    return Score(float(pairs.similarity[above].mean()), extra=extra)


# The dependence of all pairs of columns of two tables, and how similar it is.


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
    codes = [code_column(column, binning) for column in columns]
    for i, j in itertools.combinations(range(d), 2):
        if not (numeric[i] and numeric[j]):
            each = contingency(codes[i], codes[j])
            for matrix, value in ((similarity, each.similarity), (real, each.real), (fake, each.fake)):
                matrix[i, j] = matrix[j, i] = value
    for matrix in (similarity, real, fake):
        np.fill_diagonal(matrix, 1.0)
    names = tuple(column.name for column in columns)
    return Pairs(names, similarity, real, fake, np.logical_and.outer(numeric, numeric))
