"""Generator `cart-sequence`: one column after another, by classification and regression trees.

Reiter, "Using CART to generate partially synthetic, public use microdata" (2005); Nowok, Raab and Dibben,
"synthpop: bespoke creation of synthetic data in R" (2016), whose default method this is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_table.columns.values import columns_of
from genbench_table.encoding.encoding import fit_encoding
from genbench_table.generators.cells import table_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["CartSequence"]


class CartSequence:
    """Draws the first column from its training values, and each next one from a leaf of a tree.

    The tree predicts a column from those before it. A new row gets the value of a training row drawn from the
    leaf that its columns so far lead to. So each value is a training value, and long runs of columns may come
    from one row: look at the distances to training rows beside its scores.

    min_samples_leaf  fewest training rows in a leaf
    """

    def __init__(
        self, train: Samples, *, min_samples_leaf: Annotated[int, Ge(1)] = 5, rng: np.random.Generator
    ) -> None:
        self._train = train
        self._encoded = fit_encoding(train).encode_columns(train)
        self._leaves: list[_Leaves] = []
        before: list[NDArray[np.float64]] = []
        for column in columns_of(train):
            seed = int(rng.integers(2**31))
            self._leaves.append(_fit(column, before, min_samples_leaf, seed))
            before += [self._encoded[column.name]] if column.name in self._encoded else []

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows."""
        columns: dict[str, Any] = {}
        before: list[NDArray[np.float64]] = []
        for leaves in self._leaves:
            donors = leaves.draw(n, before, rng)
            columns[leaves.name] = self._train.data[leaves.name].take(donors)
            before += [self._encoded[leaves.name][donors]] if leaves.name in self._encoded else []
        return table_of(columns, self._train.space)


@dataclass(frozen=True, eq=False)
class _Leaves:
    """The training rows of each leaf of a tree.

    tree    scikit-learn's, or None where no column comes before: one leaf
    rows    the training rows, those of a leaf side by side
    starts  (leaves + 1,) where each leaf begins in `rows`
    place   (nodes,) the number of the leaf of each node
    """

    name: str
    tree: Any
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    place: NDArray[np.intp]

    def draw(self, n: int, before: list[NDArray[np.float64]], rng: np.random.Generator) -> NDArray[np.intp]:
        """Return the training row (n,) that gives each new row its value."""
        leaf = self.place[_apply(self.tree, before, n)]
        first, last = self.starts[leaf], self.starts[leaf + 1]
        return self.rows[first + (rng.uniform(size=n) * (last - first)).astype(np.intp)]


def _fit(column: Column, before: list[NDArray[np.float64]], min_samples_leaf: int, seed: int) -> _Leaves:
    """Return the leaves of the tree that predicts a column from the encoded ones before it."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    values, tree = column.sides[0], None
    if before:
        options = {"min_samples_leaf": min_samples_leaf, "random_state": seed}
        tree = (DecisionTreeRegressor if column.is_numeric else DecisionTreeClassifier)(**options)
        tree.fit(np.concatenate(before, axis=1), _without_gaps(values) if column.is_numeric else values)
    nodes = _apply(tree, before, len(values))
    rows = np.argsort(nodes, kind="stable")
    known, counts = np.unique(nodes, return_counts=True)
    place = np.zeros(int(known.max()) + 1, np.intp)
    place[known] = np.arange(len(known))
    return _Leaves(column.name, tree, rows, np.concatenate([[0], np.cumsum(counts)]), place)


def _apply(tree: Any, before: list[NDArray[np.float64]], n: int) -> NDArray[np.intp]:
    """Return the node (n,) in which each row ends."""
    if tree is None:
        return np.zeros(n, np.intp)
    nodes: NDArray[np.intp] = tree.apply(np.concatenate(before, axis=1))
    return nodes


def _without_gaps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers whose gaps are below all others by their range, so that a tree can tell them apart."""
    present = values[~np.isnan(values)]
    if not len(present):
        return np.zeros(len(values))
    return np.where(np.isnan(values), present.min() - (np.ptp(present) or 1.0), values)
