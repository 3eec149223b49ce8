"""Undecided numbers of a board: one test finds them worse than another, and a stricter test does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.board.inference.rank_ranges import holm
from genbench.board.inference.welch import find_p_values, fit_spreads
from genbench.board.ranking import ALPHA, LEAST_RUNS
from genbench.board.rows import has_lower_loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench.board.blocks import Block
    from genbench.board.rows import Entry, Row

__all__ = ["find_undecided"]


def find_undecided(block: Block) -> frozenset[tuple[str, str]]:
    """Return (generator, metric) of each number that is worse by one test, and not by a stricter one.

    The first test, within the metric, gives the range of ranks: by it, another generator is significantly
    better. The stricter test is that of `compare`, which corrects for the number of metrics of each pair of
    generators: by it, none is better.
    """
    columns = list(_list_testable_entries(block))
    if not columns:
        return frozenset()
    is_different = _test_pairs(columns, len(block.competitor_groups))
    undecided = set()
    for index, entries in enumerate(columns):
        for rival, (generator, entry) in entries.items():
            if entry.rank_low in (None, 1):  # without a range, or no other is better by the first test
                continue
            others = np.flatnonzero(is_different[rival, :, index]).tolist()
            if not any(has_lower_loss(entries[other][1], entry) for other in others):
                undecided.add((generator, entry.metric))
    return frozenset(undecided)


def _test_pairs(columns: Sequence[Mapping[int, tuple[str, Entry]]], count: int) -> NDArray[np.bool_]:
    """Return whether two rivals differ significantly in a column, by (rival, rival, column).

    columns  of each column the entries that can be compared, as `_list_testable_entries` yields them
    count    number of rivals

    Holm's method corrects for the number of columns in which two rivals can be compared.
    """
    p = np.full((count, count, len(columns)), np.inf)  # p-values, infinite where there is no test
    for index, entries in enumerate(columns):
        rivals = np.array(list(entries))  # the numbers of the rivals with an entry in this column
        p[rivals[:, None], rivals[None, :], index] = _pair_p_values([entry for _, entry in entries.values()])
    return holm(p, ALPHA)


def _list_testable_entries(block: Block) -> Iterator[dict[int, tuple[str, Entry]]]:
    """Yield, for each metric, signature and seeds, the entries that a significance test can compare.

    They are (generator, entry) by the index of a rival in `block.competitor_groups`. Competitors with the
    same samples are one rival. A test needs at least three seeds, and two rivals.
    """
    for metric, signature, seeds in sorted({column.settings for column in block.columns}):
        candidates = [_find_testable_entry(rows, metric) for rows in block.competitor_groups]
        entries = {
            index: candidate
            for index, candidate in enumerate(candidates)
            if candidate and (candidate[1].signature, candidate[1].seeds) == (signature, seeds)
        }
        if len(seeds) >= LEAST_RUNS and len(entries) > 1:
            yield entries


def _find_testable_entry(rows: Iterable[Row], metric: str) -> tuple[str, Entry] | None:
    """Return (generator, entry) of the first row that a significance test over seeds can use, or None.

    It needs a value at each seed (`entry.tested_values`), so not the single number of a comparison over all
    seeds. The seeds must share no samples (`row.same_samples`), since else they show no spread.

    rows  of one rival: these rows have the same samples
    """
    for row in rows:
        entry = row.entries.get(metric)
        if entry and entry.tested_values and not entry.is_comparison and not row.same_samples:
            return row.generator, entry
    return None


def _pair_p_values(entries: Sequence[Entry]) -> NDArray[np.float64]:
    """Return the p-values of Welch's tests of all pairs of entries in a column, (entries, entries).

    They are infinite, which is no test, on the diagonal and for pairs in two share groups: their samples have
    features to different shares, so that they are not ranked together.
    """
    p = find_p_values(fit_spreads([entry.tested_values for entry in entries]))
    groups = np.array([entry.share_group for entry in entries])
    p[groups[:, None] != groups[None, :]] = np.inf
    np.fill_diagonal(p, np.inf)
    return p
