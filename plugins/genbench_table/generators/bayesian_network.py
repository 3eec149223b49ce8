"""Generator `bayesian-network`: the tree of columns with the greatest mutual information.

Chow and Liu, "Approximating discrete probability distributions with dependence trees" (1968).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_table.columns.values import columns_of
from genbench_table.generators.cells import table_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["BayesianNetwork", "chow_liu", "mutual_information"]


class BayesianNetwork:
    """Draws the root of a tree of columns from its law, and each other column given its parent.

        p(row) = p(x_root) * product of p(x_j | x_parent(j))

    Numbers and dates are in `bins` bins of about equally many training rows, gaps in one of their own. A new
    row's number is drawn from the training values of its bin. The tree is the spanning tree with the greatest
    sum of mutual information, so it maximises the likelihood of the binned training rows among all trees.

    bins  of a column of numbers; equal numbers are in one bin, so there may be fewer
    """

    def __init__(self, train: Samples, *, bins: Annotated[int, Ge(1)] = 10) -> None:
        self._train = train
        columns = columns_of(train)
        self._names = [column.name for column in columns]
        self._codes = np.stack([_bin(column, bins) for column in columns], axis=1)
        self._tree = chow_liu(self._codes)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows."""
        drawn: dict[int, NDArray[np.int64]] = {}
        columns: dict[int, Any] = {}
        for child, parent in self._tree:
            if parent is None:
                given, wanted = np.zeros(len(self._codes), np.int64), np.zeros(n, np.int64)
            else:
                given, wanted = self._codes[:, parent], drawn[parent]
            donors = _rows_with(given, wanted, rng)
            drawn[child] = self._codes[donors, child]
            values = _rows_with(self._codes[:, child], drawn[child], rng)
            columns[child] = self._train.data[self._names[child]].take(values)
        return table_of({self._names[i]: columns[i] for i in sorted(columns)}, self._train.space)


def chow_liu(codes: NDArray[np.int64]) -> list[tuple[int, int | None]]:
    """Return the (column, parent) pairs of the best tree over (n, d) codes >= 0, parents first.

    The root, column 0, has the parent None. Columns that depend on nothing hang anywhere: it makes no
    difference there.
    """
    d = codes.shape[1]
    information = np.full((d, d), -np.inf)
    for one in range(d):
        for other in range(one + 1, d):
            value = mutual_information(codes[:, one], codes[:, other])
            information[one, other] = information[other, one] = value
    tree: list[tuple[int, int | None]] = [(0, None)]
    nearest, gain = np.zeros(d, np.intp), information[0].copy()
    for _ in range(d - 1):
        child = int(np.argmax(gain))
        tree.append((child, int(nearest[child])))
        closer = (information[child] > gain) & (gain > -np.inf)
        nearest[closer], gain[closer] = child, information[child][closer]
        gain[child] = -np.inf
        information[:, child] = -np.inf
    return tree


def mutual_information(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the mutual information, in nats, of the joint shares of two (n,) columns of codes >= 0."""
    width = int(other.max()) + 1
    joint = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width).reshape(-1, width)
    shares = joint / len(one)
    apart = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    seen = shares > 0
    return float((shares[seen] * np.log(shares[seen] / apart[seen])).sum())


def _bin(column: Column, bins: int) -> NDArray[np.int64]:
    """Return codes (n,) of a column: 0 for a gap, then categories, or bins of equally many numbers."""
    values = column.sides[0]
    if not column.is_numeric:
        return values + 1
    present = values[~np.isnan(values)]
    if not len(present):
        return np.zeros(len(values), np.int64)
    edges = np.unique(np.quantile(present, np.arange(1, bins) / bins))
    return np.where(np.isnan(values), 0, np.searchsorted(edges, values, side="right") + 1)


def _rows_with(
    codes: NDArray[np.int64], wanted: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return for each wanted code (n,) a training row that has it, drawn uniformly."""
    order = np.argsort(codes, kind="stable")
    first, last = (np.searchsorted(codes[order], wanted, side=side) for side in ("left", "right"))
    return order[first + (rng.uniform(size=len(wanted)) * (last - first)).astype(np.intp)]
