"""Metrics `pair-trends` and `pair-trends-strong`: how similar the dependence of pairs of columns is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of
from genbench_table.pairs.contingency import Binning  # noqa: TC001 - the host reads options
from genbench_table.pairs.correlation import Coefficient  # noqa: TC001 - as above
from genbench_table.pairs.dependence import pairs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column
    from genbench_table.pairs.dependence import Pairs

__all__ = ["pair_trends", "pair_trends_strong"]

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
