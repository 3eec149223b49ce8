"""Bayesian networks of columns of all kinds, with exact densities, marginals, pairs and conditional laws.

Each column is a choice of one of its cells: a category, a truth value, an interval of numbers, integers or
days, or a gap. The choice depends on the cells of the column's parents, by a table of probabilities. Within
an interval the value is uniform. So

    density(row) = product over columns of  P(cell | cells of parents) / size(cell)

with size 1 for a single value, and the length of an interval, of which whole numbers and days are the points.

Koller and Friedman 2009, "Probabilistic Graphical Models", ch. 3 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid, Samples
from genbench_table.columns.values import Column, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench_table.columns.values import Kind

    Reals = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["Network", "Node"]


@dataclass(frozen=True, eq=False)
class Node:
    """A column and its law.

    cells       texts of categories and truth values ("True", "False"), or for numbers, integers and dates the
                edges of intervals [edge, next edge), ascending: one more than there are intervals. Dates are
                days since 1970-01-01, integers and dates have whole edges
    table       (cells of each parent in turn, cells of the column) float64: probabilities that sum to 1 over
                the last axis
    parents     names of earlier columns
    is_ordered  whether the texts are levels, ascending
    has_gaps    whether one more cell, the last one, is a gap
    """

    name: str
    kind: Kind
    cells: tuple[Any, ...]
    table: Reals
    parents: tuple[str, ...] = ()
    is_ordered: bool = False
    has_gaps: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether its cells are intervals."""
        return self.kind in ("number", "integer", "date")

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts of its cells."""
        named = (
            tuple(f"[{low:g}, {high:g})" for low, high in zip(self.cells, self.cells[1:], strict=False))
            if self.is_numeric
            else self.cells
        )
        return (*named, "missing") if self.has_gaps else named

    @property
    def sizes(self) -> Reals:
        """The size of each cell: the length of an interval, 1 of others."""
        sizes = (
            np.diff(np.asarray(self.cells, dtype=np.float64)) if self.is_numeric else np.ones(len(self.cells))
        )
        return np.append(sizes, 1.0) if self.has_gaps else sizes


@dataclass(frozen=True, eq=False)
class Network:
    """A Bayesian network, which is a sampler.

    nodes   the columns, parents before children
    target  the column that models of utility predict
    """

    nodes: tuple[Node, ...]
    target: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(node.name for node in self.nodes)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` independent rows."""
        import pandas as pd

        codes: dict[str, Codes] = {}
        columns = {}
        for node in self.nodes:
            shares = node.table[tuple(codes[parent] for parent in node.parents)]
            shares = np.broadcast_to(shares, (n, shares.shape[-1]))
            drawn = (rng.random(n)[:, None] >= np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
            codes[node.name] = drawn
            columns[node.name] = _series(node, drawn, rng)
        ordered = tuple((node.name, node.cells) for node in self.nodes if node.is_ordered)
        return Samples.of("table", pd.DataFrame(columns), target=self.target, ordered=ordered or None)

    def cells(self, table: Samples) -> Codes:
        """Return the number of each value's cell, (n, columns) int64.

        A number or date outside of all intervals counts to the nearest one, and a time to its day. The number
        is -1 for a category that the column lacks, and for a gap if it has none. Raises Invalid for a table
        with other columns.
        """
        return np.stack([_codes(node, column) for node, column in self._columns(table)], axis=1)

    def log_likelihood(self, table: Samples) -> Reals:
        """Return the log density (nats) of each row, (n,) float64; -inf for a row outside of the law.

        It is a density in the units of the numbers, and a probability in all other columns; dates are days.
        """
        columns = self._columns(table)
        codes = np.stack([_codes(node, column) for node, column in columns], axis=1)
        total = np.zeros(len(codes))
        place = {name: number for number, name in enumerate(self.names)}
        with np.errstate(divide="ignore"):
            for number, node in enumerate(self.nodes):
                index = (*(codes[:, place[parent]] for parent in node.parents), codes[:, number])
                total += np.log(node.table[index]) - np.log(node.sizes)[codes[:, number]]
        total[(codes < 0).any(axis=1)] = -np.inf
        for node, column in columns:
            total[_is_outside(node, column)] = -np.inf
        return total

    def marginal(self, name: str) -> Reals:
        """Return the probability of each cell of a column, (cells,) float64."""
        return self._law((name,), {})

    def pair(self, one: str, other: str) -> Reals:
        """Return the probabilities of the cells of two columns together, (cells, cells of other) float64."""
        return self._law((one, other), {})

    def conditional(self, name: str, given: Mapping[str, int]) -> Reals:
        """Return the probability of each cell of a column, given the numbers of the cells of others.

        Raises ValueError if what is given has probability 0.
        """
        law = self._law((name,), given)
        if not law.sum():
            raise ValueError("these cells have probability 0; expected levels of the network")
        return np.asarray(law / law.sum())

    def mutual_information(self, one: str, other: str) -> float:
        """Return the mutual information of two columns, nats; within cells values are independent."""
        law = self.pair(one, other)
        product = np.outer(law.sum(axis=1), law.sum(axis=0))
        return float(np.sum(law[law > 0] * np.log(law[law > 0] / product[law > 0])))

    def correlation(self, one: str, other: str) -> float:
        """Return Pearson's correlation of two columns of intervals, where neither is a gap."""
        first, second = (self._node(name) for name in (one, other))
        law = self.pair(one, other)[: len(first.cells) - 1, : len(second.cells) - 1]
        law = law / law.sum()
        (x, xx), (y, yy) = _moments(first), _moments(second)
        p, q = law.sum(axis=1), law.sum(axis=0)
        covariance = x @ law @ y - (p @ x) * (q @ y)
        return float(covariance / np.sqrt((p @ xx - (p @ x) ** 2) * (q @ yy - (q @ y) ** 2)))

    @cached_property
    def entropy(self) -> float:
        """The exact entropy, the mean of - log density, nats a row."""
        total = 0.0
        for node in self.nodes:
            law = self._law((*node.parents, node.name), {})
            density = node.table / node.sizes
            total -= float(np.sum(law[law > 0] * np.log(density[law > 0])))
        return total

    def _columns(self, table: Samples) -> list[tuple[Node, Column]]:
        known = {column.name: column for column in columns_of(table)}
        lost = sorted(set(self.names) ^ set(known))
        if lost:
            raise Invalid(f"the column {lost[0]!r} is not in both; the truth has {', '.join(self.names)}")
        return [(node, known[node.name]) for node in self.nodes]

    def _node(self, name: str) -> Node:
        return self.nodes[self.names.index(name)]

    def _law(self, names: Sequence[str], given: Mapping[str, int]) -> Reals:
        """Return the probabilities of the cells of columns together with given cells; the rest is summed out.

        Only the ancestors of these columns take part: what depends on none of them sums to 1.
        """
        wanted, operands = {*names, *given}, list[Any]()
        axes = {name: number for number, name in enumerate(self.names)}
        for node in reversed(self.nodes):
            if node.name in wanted:
                wanted |= set(node.parents)
                operands += [node.table, [axes[name] for name in (*node.parents, node.name)]]
        for name, cell in given.items():
            operands += [np.eye(len(self._node(name).labels))[cell], [axes[name]]]
        law: Reals = np.einsum(*operands, [axes[name] for name in names], optimize="greedy")
        return law


def _series(node: Node, codes: Codes, rng: np.random.Generator) -> Any:
    """Return values of cells as a column of the dtype of its kind; a gap takes as many draws as a value."""
    import pandas as pd

    gaps = (codes == len(node.labels) - 1) & node.has_gaps
    inside = np.where(gaps, 0, codes)
    if not node.is_numeric:
        texts = np.array(node.cells, dtype=object)[inside]
        texts[gaps] = None
        truths = pd.arrays.BooleanArray(texts == "True", gaps)
        return pd.Series(truths) if node.kind == "boolean" else pd.Series(texts, dtype=object)
    edges = np.asarray(node.cells, dtype=np.float64)
    low, high = edges[inside], edges[inside + 1]
    values = np.minimum(low + rng.random(len(codes)) * (high - low), np.nextafter(high, low))
    if node.kind == "number":
        return pd.Series(np.where(gaps, np.nan, values))
    whole = np.floor(values).astype(np.int64)
    if node.kind == "integer":
        return pd.Series(pd.arrays.IntegerArray(whole, gaps))
    days = (np.datetime64(0, "D") + whole.astype("timedelta64[D]")).astype("datetime64[ns]")
    return pd.Series(np.where(gaps, np.datetime64("NaT", "ns"), days))


def _codes(node: Node, column: Column) -> Codes:
    """Return the cells of a column's values, as `Network.cells` does."""
    values = column.sides[0]
    gap = len(node.labels) - 1 if node.has_gaps else -1
    if not node.is_numeric:
        place = {text: number for number, text in enumerate(node.cells)}
        codes = np.array([*(place.get(level, -1) for level in column.levels), gap])[values]
        return np.asarray(codes, dtype=np.int64)
    edges = np.asarray(node.cells, dtype=np.float64)
    codes = np.searchsorted(edges[1:-1], values, side="right").astype(np.int64)
    codes[np.isnan(values)] = gap
    return codes


def _is_outside(node: Node, column: Column) -> NDArray[np.bool_]:
    """Return which numbers and dates are outside of all intervals, or are not whole though they must be."""
    values = column.sides[0]
    if not node.is_numeric:
        return np.zeros(len(values), dtype=bool)
    outside = (values < node.cells[0]) | (values >= node.cells[-1])
    return np.asarray(outside | ((node.kind != "number") & (values != np.floor(values)) & ~np.isnan(values)))


def _moments(node: Node) -> tuple[Reals, Reals]:
    """Return the mean of a value and of its square in each cell that is no gap."""
    low, high = np.asarray(node.cells[:-1], dtype=np.float64), np.asarray(node.cells[1:], dtype=np.float64)
    size = high - low
    if node.kind == "number":
        return (low + high) / 2, (low + high) ** 2 / 4 + size**2 / 12
    mean = (low + high - 1) / 2
    return mean, mean**2 + (size**2 - 1) / 12
