"""Metrics `marginal-kl-to-truth` and `pair-kl-to-truth`: fakes compared with the exact law of the data."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from genbench import Invalid, Samples, Score, Undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = ["TableLaw", "chance", "marginal_kl_to_truth", "pair_kl_to_truth"]

_SPREADS = 12  # standard deviations around the mean of a count, beyond which it has probability 0
_COUNTS = 40  # and counts, for means near 0


@runtime_checkable
class TableLaw(Protocol):
    """An exact law of tables, whose columns have finitely many cells, such as the truth of `table-world`."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the columns."""

    def cells(self, table: Samples) -> NDArray[np.int64]:
        """Return the number of each value's cell, (n, columns); -1 for a value that has none."""

    def marginal(self, name: str) -> Reals:
        """Return the probability of each cell of a column."""

    def pair(self, one: str, other: str) -> Reals:
        """Return the probabilities of the cells of two columns together, (cells, cells of other)."""


def marginal_kl_to_truth(fake: Samples, truth: TableLaw | None) -> Score:
    """Return the divergence of the fakes' columns from the truth, nats, the mean over columns; 0 is best.

        mean over columns of  sum over cells of  q log(q / p) - chance,    q the share of fakes, p the truth

    fake   at least one row
    truth  the law that the data were drawn from

    `chance` is what draws of the truth have on average at this n, exactly; so the expectation for them is 0
    at every n, and a value slightly below 0 is chance. The extra has the value of each column. The cells of
    `table-world` are its categories, its truth values, a gap, and intervals of its numbers and dates, within
    which its law is uniform: what happens within an interval does not count, and a value beyond all of them
    counts to the nearest one.

    Raises Undefined if the law is unknown, and Invalid for a category that it lacks or a gap in a column
    without gaps: the divergence is then infinite.

    Source: Kullback and Leibler 1951, doi:10.1214/aoms/1177729694; Theis et al. 2016 (arXiv:1511.01844),
    sec. 2, on the divergence of a generative model from the truth.
    """
    law = _require_law(truth)
    cells = _cells(fake, law)
    found = {
        name: _divergence(cells[:, [number]], law.marginal(name)) for number, name in enumerate(law.names)
    }
    return Score(float(np.mean(list(found.values()))), extra=found)


def pair_kl_to_truth(fake: Samples, truth: TableLaw | None) -> Score:
    """Return the divergence of the fakes' pairs of columns from the truth, nats, a mean; 0 is best.

        mean over pairs of columns of  sum over cells of both of  q log(q / p) - chance

    fake   at least one row
    truth  the law that the data were drawn from

    It is the divergence of `marginal_kl_to_truth` for the cells of two columns together; the extra has the
    value of each pair.

    Raises Undefined if the law is unknown or has one column, and Invalid as for columns.
    """
    law = _require_law(truth)
    if len(law.names) == 1:
        raise Undefined("pairs need at least two columns; the table has one")
    cells = _cells(fake, law)
    found = {
        f"{one}, {other}": _divergence(cells[:, [i, j]], law.pair(one, other))
        for (i, one), (j, other) in itertools.combinations(enumerate(law.names), 2)
    }
    return Score(float(np.mean(list(found.values()))), extra=found)


def chance(law: Reals, n: int) -> float:
    """Return the mean of sum q log(q / p), nats, over draws of `n` from a law.

    law  probabilities p of cells, of any shape

    For each cell with a count B, which is binomial, it adds E[B log(B / (n p))] / n; the sum over counts
    leaves out those that are further than 12 standard deviations from the mean.
    """
    from scipy.special import gammaln

    p = law[(law > 0) & (law < 1)].ravel()[:, None]
    if not p.size:
        return 0.0
    spread = np.sqrt(n * p * (1 - p))
    width = int(2 * _SPREADS * spread.max()) + 2 * _COUNTS
    b = np.maximum(np.floor(n * p - _SPREADS * spread) - 1, 1) + np.arange(width)
    b = np.minimum(b, n + 1.0)
    inside = b <= n
    b = np.minimum(b, n)
    nats = gammaln(n + 1) - gammaln(b + 1) - gammaln(n - b + 1) + b * np.log(p) + (n - b) * np.log1p(-p)
    return float(np.sum(np.where(inside, np.exp(nats) * b * np.log(b / (n * p)), 0.0))) / n


def _require_law(truth: TableLaw | None) -> TableLaw:
    if not isinstance(truth, TableLaw):
        raise Undefined("the law of this dataset is unknown; expected one such as table-world")
    return truth


def _cells(fake: Samples, law: TableLaw) -> NDArray[np.int64]:
    cells = law.cells(fake)
    rows, columns = np.nonzero(cells < 0)
    if len(rows):
        name = law.names[columns[0]]
        raise Invalid(
            f"row {rows[0] + 1} of the fakes has {fake.data[name].iloc[rows[0]]!r} in column {name!r}, of "
            f"probability 0 under the truth: the divergence is infinite"
        )
    return cells


def _divergence(cells: NDArray[np.int64], law: Reals) -> float:
    """Return the divergence of cells (n, axes of the law) from a law, nats, without that of chance."""
    n = len(cells)
    counts = np.bincount(np.ravel_multi_index(tuple(cells.T), law.shape), minlength=law.size)
    q, p = counts / n, law.ravel()
    if (p[counts > 0] <= 0).any():
        raise Invalid("the fakes have values of probability 0 under the truth: the divergence is infinite")
    drawn = counts > 0
    return float(np.sum(q[drawn] * np.log(q[drawn] / p[drawn]))) - chance(law, n)
