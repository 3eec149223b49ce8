"""Metric `missing-similarity`: whether as many values are missing in each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench_table.columns.values import columns_of, present
from genbench_table.marginals.parts import mean_score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["missing_similarity"]


def missing_similarity(real: Samples, fake: Samples) -> Score:
    """Return the mean over columns of 1 - |share missing in real - in fake|, in [0, 1]; higher is better.

        mean over columns of 1 - |p - q|      p, q the shares of gaps in real and fake

    real, fake  tables of one space

    All columns count, so a table without gaps scores 1 against another one without gaps. It compares how many
    values are missing, not which: gaps that depend on another column are as good as gaps at random. Samples
    of one law score slightly below 1. Extra: `parts`, the value of each column.

    Source: MissingValueSimilarity of SDMetrics.
    """
    parts = {
        column.name: 1.0 - abs(_missing(column.sides[0]) - _missing(column.sides[1]))
        for column in columns_of(real, fake)
    }
    return mean_score(parts, "missing-similarity needs a column; the table has none")


def _missing(side: NDArray[Any]) -> float:
    return 1.0 - len(present(side)) / len(side)
