"""Generator `gaussian-copula`: the marginals of the training table, with the dependence of a normal law.

Patki, Wedge and Veeramachaneni, "The Synthetic Data Vault" (2016), section III, with empirical marginals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_table.columns.values import columns_of
from genbench_table.generators.cells import numbers_as, table_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["GaussianCopula", "pairwise_correlation"]


class GaussianCopula:
    """Draws rows z ~ N(0, R) and turns each number of a row into a value of a training column.

        x_j = F_j^-1(Phi(z_j)),   R = correlation of Phi^-1(F_j(x_j)) over the training rows

    F_j is the empirical distribution of column j. Categories are in the order of their frequency (that of the
    space, if they have one), gaps among them; values that occur several times are at the middle of their
    share. Where a column of numbers has gaps, a further z says whether the number is missing, and a
    correlation is that of the rows that have both numbers. Numbers between two training values are
    interpolated, so they may be new.
    """

    def __init__(self, train: Samples) -> None:
        self._train = train
        ordered = {name for name, _ in train.space.get("ordered") or ()}
        self._laws: list[_Numbers | _Codes] = []
        for column in columns_of(train):
            self._laws += _laws(column, is_ordered=column.name in ordered)
        self._root = _root(pairwise_correlation(np.stack([law.scores for law in self._laws], axis=1)))

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows."""
        from scipy.special import ndtr

        shares = ndtr(rng.standard_normal((n, len(self._root))) @ self._root.T)
        drawn: dict[str, Any] = {}
        for law, share in zip(self._laws, shares.T, strict=True):
            known = self._train.data[law.name]
            if isinstance(law, _Numbers):
                drawn[law.name] = numbers_as(law.values(share), known)
            elif law.name in drawn:
                drawn[law.name] = drawn[law.name].mask(known.isna().to_numpy()[law.rows(share)])
            else:
                drawn[law.name] = known.take(law.rows(share))
        return table_of(drawn, self._train.space)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """A column's numbers without gaps.

    scores  (rows,) normal scores, NaN for gaps
    sorted  the numbers, ascending
    """

    name: str
    scores: NDArray[np.float64]
    sorted: NDArray[np.float64]

    def values(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers at (n,) shares in [0, 1]."""
        places = (np.arange(len(self.sorted)) + 0.5) / len(self.sorted)
        return np.interp(shares, places, self.sorted)


@dataclass(frozen=True, eq=False)
class _Codes:
    """A column's categories, or which of its numbers are missing.

    scores  (rows,) normal scores
    order   (rows,) the rows in the order of their codes
    """

    name: str
    scores: NDArray[np.float64]
    order: NDArray[np.intp]

    def rows(self, shares: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return training rows whose codes are at (n,) shares in [0, 1]."""
        places = (shares * len(self.order)).astype(np.intp)
        return self.order[np.minimum(places, len(self.order) - 1)]


def _laws(column: Column, *, is_ordered: bool) -> list[_Numbers | _Codes]:
    values = column.sides[0]
    if not column.is_numeric:
        codes = values + 1 if is_ordered else _by_frequency(values + 1)
        return [_codes(column.name, codes)]
    missing = np.isnan(values)
    if missing.all():
        return [_codes(column.name, np.zeros(len(values)))]
    scores = np.full(len(values), np.nan)
    scores[~missing] = _normal_scores(values[~missing])
    numbers = _Numbers(column.name, scores, np.sort(values[~missing]))
    return [numbers, _codes(column.name, missing)] if missing.any() else [numbers]


def _codes(name: str, codes: NDArray[Any]) -> _Codes:
    return _Codes(name, _normal_scores(codes), np.argsort(codes, kind="stable"))


def _by_frequency(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return codes in the order of their frequency, the most frequent first."""
    counts = np.bincount(codes)
    place = np.empty(len(counts), np.int64)
    place[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return place[codes]


def _normal_scores(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return Phi^-1 of the middle of each value's share."""
    from scipy.special import ndtri

    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles = (np.cumsum(counts) - counts / 2) / len(values)
    scores: NDArray[np.float64] = ndtri(middles)[inverse]
    return scores


def pairwise_correlation(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Pearson correlations (d, d) of (n, d) columns, each over the rows that have both numbers.

    It is 0 where a column is constant over these rows, and 1 on the diagonal.
    """
    known = ~np.isnan(scores)
    filled = np.where(known, scores, 0.0)
    has = known.astype(np.float64)
    rows = np.maximum(has.T @ has, 1)
    means, squares = filled.T @ has / rows, (filled**2).T @ has / rows
    variances = (squares - means**2).clip(min=0)
    covariances = filled.T @ filled / rows - means * means.T
    spread = np.sqrt(variances * variances.T)
    is_spread = spread > np.finfo(np.float64).eps * np.maximum(1, np.abs(squares))
    correlation = np.where(is_spread, covariances / np.where(is_spread, spread, 1), 0).clip(-1, 1)
    np.fill_diagonal(correlation, 1)
    return correlation


def _root(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return A with rows of length 1 such that A A^T is near a correlation matrix, or equal to one.

    Correlations over different rows may be those of no law: the negative eigenvalues then count as 0.
    """
    values, vectors = np.linalg.eigh(correlation)
    root: NDArray[np.float64] = vectors * np.sqrt(values.clip(min=0))
    unit: NDArray[np.float64] = root / np.linalg.norm(root, axis=1, keepdims=True)
    return unit
