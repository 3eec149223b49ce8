"""Metric `shapes`: how similar the distribution of each column is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.columns.values import columns_of
from genbench_table.marginals.parts import mean_of_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["category_shares", "ks_complement", "shapes", "tv_complement"]


def shapes(real: Samples, fake: Samples) -> Score:
    """Return the mean over columns of the similarity of their distributions, in [0, 1]; higher is better.

        number, integer, date  1 - max over x of |F(x) - G(x)|         F, G the shares of values up to x
        truth value, category  1 - sum over categories of |p - q| / 2  p, q their shares

    real, fake  tables of one space

    Gaps are left out: missing-similarity compares them. A column without a real value is left out, and a
    column without a fake value scores 0. It sees one column at a time: a table whose columns are shuffled
    independently scores the same. Two samples of one law score below 1, lower at smaller n: the distance of a
    column falls as 1 / sqrt(n). Extra: `parts`, the value of each column, and a `warning` of columns that may
    be identifiers. Raises Undefined if no column has a real value.

    Source: Column Shapes of SDMetrics: the Kolmogorov-Smirnov distance and the total variation distance.
    """
    otherwise = "shapes needs a column with values in the real table; all are missing"
    return mean_of_columns(columns_of(real, fake), _similarity, otherwise)


def _similarity(real: NDArray[Any], fake: NDArray[Any]) -> float:
    return (ks_complement if real.dtype.kind == "f" else tv_complement)(real, fake)


def ks_complement(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
    """Return 1 - the two-sample Kolmogorov-Smirnov statistic of numbers (n,) and (m,) without NaN."""
    one, other = np.sort(real), np.sort(fake)
    return 1.0 - max(_largest_lead(one, other), _largest_lead(other, one))


def _largest_lead(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the maximum of F - G; it is at a value of `one`, where F rises and G does not exceed it."""
    lead = np.arange(1, len(one) + 1) / len(one) - np.searchsorted(other, one, side="right") / len(other)
    return float(lead.max(initial=0.0))


def tv_complement(real: NDArray[np.int64], fake: NDArray[np.int64]) -> float:
    """Return 1 - the total variation distance of the shares of codes (n,) and (m,) without gaps."""
    p, q = category_shares(real, fake)
    return 1.0 - float(np.abs(p - q).sum()) / 2


def category_shares(
    real: NDArray[np.int64], fake: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of each category (k,) among the codes of both sides, which have no gaps."""
    k = 1 + max(int(real.max()), int(fake.max()))
    return np.bincount(real, minlength=k) / len(real), np.bincount(fake, minlength=k) / len(fake)
