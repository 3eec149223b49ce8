"""What the legend below the tables of a page explains, as far as the tables show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.report.page.tables import BoardTable

__all__ = ["BoardLegend", "board_legend", "table_key"]

_ROLES = {
    "ceiling": "as good as real data",
    "exploit": "a known way to cheat, such as copies of the training data",
    "floor": "as bad as can be, except for a metric that cannot see its flaw, as its head and card say",
}


@dataclass(frozen=True, kw_only=True)
class BoardLegend:
    """What the legend below the tables explains, as far as the tables show it.

    seeds       the number of seeds of each table, "3" or "1 or 3"
    most_seeds  the greatest of them
    is_spread   whether a number has an interval
    is_same     whether a number is the same at all seeds, and has no interval of its metric
    is_own      whether an interval is the metric's own
    has_best    whether a number is marked as best
    has_undecided  whether a number is marked as worse by its metric's own test, and not by `compare`
    has_untested  whether a number is marked as one that no test can compare with a better one
    has_unseen  whether a number is that of a control whose flaws the metric may not see
    has_ranges  whether a rank has a range
    has_wrong   whether a metric ranks a control wrongly
    has_gaps    whether a cell shows a status
    has_lacks   whether a row has no entry in a column
    has_units   whether the numbers of a column are divided by a power of ten
    roles       of controls, with their meanings
    """

    seeds: str
    most_seeds: int
    is_spread: bool
    is_same: bool
    is_own: bool
    has_best: bool
    has_undecided: bool
    has_untested: bool
    has_unseen: bool
    has_ranges: bool
    has_wrong: bool
    has_gaps: bool
    has_lacks: bool
    has_units: bool
    roles: tuple[tuple[str, str], ...]


def board_legend(tables: Iterable[BoardTable]) -> BoardLegend:
    """Return what the legend of a page's tables explains."""
    shown = list(tables)
    counts = sorted({len(table.seeds.split()) for table in shown})
    rows = [row for table in shown for row in table.rows]
    cells = [cell for row in rows for cell in row.cells]
    roles = {row.role for row in rows}
    return BoardLegend(
        seeds=" or ".join(map(str, counts)),
        most_seeds=max(counts, default=0),
        is_spread=any(cell.interval for cell in cells),
        is_same=any(cell.is_same for cell in cells),
        is_own=any(cell.is_own for cell in cells),
        has_best=any(cell.is_best for cell in cells),
        has_undecided=any(cell.is_undecided for cell in cells),
        has_untested=any(cell.is_untested for cell in cells),
        has_unseen=any(cell.is_unseen for cell in cells),
        has_ranges=any(row.has_range for row in rows) or any(cell.has_range for cell in cells),
        has_wrong=any(head.wrong for table in shown for head in table.heads),
        has_gaps=any(cell.value is None and not cell.is_lacking for cell in cells),
        has_lacks=any(cell.is_lacking for cell in cells),
        has_units=any(head.unit for table in shown for head in table.heads),
        roles=tuple((role, meaning) for role, meaning in _ROLES.items() if role in roles),
    )


def table_key(table: BoardTable) -> list[tuple[str, str]]:
    """Return the marks of a table, each with its meaning in a few words."""
    shown = board_legend([table])
    ranked = [number for number, head in enumerate(table.heads) if head.direction != "none"]
    has_bare = any(not any(row.cells[number].is_best for row in table.rows) for number in ranked)
    best = "no other is significantly better" + (
        "; a metric without ★ shows no difference" if has_bare else ""
    )
    marks = (
        ("★", best, shown.has_best),
        ("☆", "one is, but not after correction for the number of metrics", shown.has_undecided),
        ("◇", "one has a better mean, and no test can compare the two", shown.has_untested),
        ("◌", "the metric may not see the flaw of this control", shown.has_unseen),
        ("⚠\ufe0e", "the metric ranks a control wrongly", shown.has_wrong),
        ("†", "no spread over seeds, so the interval is of the metric itself", shown.is_own),
    )
    return [(sign, words) for sign, words, is_shown in marks if is_shown]
