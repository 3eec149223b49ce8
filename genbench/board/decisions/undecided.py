"""Numbers that one metric's own test finds worse than the best, and the test over all metrics does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.board.inference.rank_ranges import holm
from genbench.board.inference.welch import p_values, spreads
from genbench.board.ranking import ALPHA, LEAST_RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench.board.blocks import Block
    from genbench.board.rows import Entry, Row

__all__ = ["undecided_entries"]


def undecided_entries(block: Block) -> frozenset[tuple[str, str]]:
    """Return the generator and the metric of each number that its metric alone finds worse than the best.

    By the metric's own test, another generator is significantly better. By `compare`, which corrects for the
    number of metrics of a pair of generators, none is.
    """
    columns = list(_testable_columns(block))
    if not columns:
        return frozenset()
    count = len(block.rivals)
    p = np.full((count, count, len(columns)), np.inf)  # of two rivals in a column; infinite without a test
    for number, entries in enumerate(columns):
        places = np.array(list(entries))
        p[places[:, None], places[None, :], number] = _p_values([entry for _, entry in entries.values()])
    significant = holm(p, ALPHA)
    return frozenset(
        (generator, entry.metric)
        for number, entries in enumerate(columns)
        for place, (generator, entry) in entries.items()
        if entry.rank_low not in (None, 1)  # by the test of its metric alone, another one is better
        and not any(
            _is_better(entries[other][1].loss, entry.loss)
            for other in np.flatnonzero(significant[place, :, number]).tolist()
        )
    )


def _testable_columns(block: Block) -> Iterator[dict[int, tuple[str, Entry]]]:
    """Yield the testable entries of each metric, signature and seeds: (generator, entry) by rival's number.

    A test needs at least three seeds, and two rivals.
    """
    for metric, signature, seeds in sorted({column.settings for column in block.columns}):
        entries = {
            place: candidate
            for place, rows in enumerate(block.rivals)
            if (candidate := _first_testable(rows, metric))
            and (candidate[1].signature, candidate[1].seeds) == (signature, seeds)
        }
        if len(seeds) >= LEAST_RUNS and len(entries) > 1:
            yield entries


def _first_testable(rows: Iterable[Row], metric: str) -> tuple[str, Entry] | None:
    """Return the generator and the entry of the first row that a test can use, or None.

    rows  of one rival, which have the same samples
    """
    for row in rows:
        entry = row.entries.get(metric)
        if entry and entry.runs and not entry.is_comparison and not row.same_samples:
            return row.generator, entry
    return None


def _p_values(entries: Sequence[Entry]) -> NDArray[np.float64]:
    """Return the p-values of all pairs of entries, (entries, entries).

    They are infinite, which is no test, on the diagonal and for pairs in two share groups.
    """
    p = p_values(spreads([entry.runs for entry in entries]))
    groups = np.array([entry.share_group for entry in entries])
    p[groups[:, None] != groups[None, :]] = np.inf
    np.fill_diagonal(p, np.inf)
    return p


def _is_better(one: float | None, other: float | None) -> bool:
    """Return whether a loss is less than another; an unknown one is not."""
    return one is not None and other is not None and one < other
