"""Tables of a page: column order, legend, parts for print; `board.table_cells` makes their cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.board.rank_rules import EARLIER_RULE, describe_rule
from genbench.board.table_cells import BEST_MEANING
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.page.origin import make_table_titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from genbench.board.rank_rules import RankRule
    from genbench.board.view import Head, Table, View
    from genbench.board.warnings import RankNote

__all__ = ["BoardTable", "describe_legend", "list_marks", "make_board_tables", "make_metric_anchors"]

_PRINTED = 11  # columns that fit on the width of a sheet of paper

_ROLES = {
    "ceiling": "as good as real data",
    "exploit": "a known way to cheat, such as copies of the training data",
    "floor": "as bad as can be, except for a metric that cannot see its flaw, as its head and card say",
}


@dataclass(frozen=True, kw_only=True)
class BoardTable:
    """A table of the board with what a page adds.

    table      its columns in the order of a reader: by aspect; or, if the plan states no aspects, those of
               the overall rank, other ranked ones, the rest
    title      the dataset, and what tells the table from others of it: its runs, or its number
    extractor  the one that all columns share, or ""
    notes      what the ranks are over, which generators have none, and which metrics show no difference
    printed    the numbers of the columns of each table on paper; () if one sheet is wide enough for all
    """

    table: Table
    title: str
    extractor: str
    notes: tuple[RankNote, ...]
    printed: tuple[range, ...]


def make_board_tables(view: View, dataset: str, merged: Mapping[str, Any] | None = None) -> list[BoardTable]:
    """Return the tables of a dataset, in the order of the board.

    merged  the provenance of each run of a merged board, by name
    """
    tables = view.find_tables(dataset)
    generators = [[line.row.generator for line in table.rows] for table in tables]
    titles = make_table_titles(dataset, generators, merged or {})
    return [_build_table(title, table) for title, table in zip(titles, tables, strict=True)]


def make_metric_anchors(view: View) -> dict[str, str]:
    """Return the id of the section of each metric on a page: its number among the metrics of the board."""
    return {metric: f"metric-{number}" for number, metric in enumerate(view.metrics)}


def _build_table(title: str, table: Table) -> BoardTable:
    """Return a table with what a page adds, such as its title.

    Where no metric has an aspect, columns that decide the overall rank come first, then other ranked ones,
    then the rest; each group is sorted by extractor and then by metric. `table.equal` has the metrics that
    show no difference.
    """
    heads = table.visible_heads
    if not any(head.aspect for head in heads):
        heads = tuple(sorted(heads, key=lambda head: (_column_order(head), parse_id(head.metric)[::-1])))
    extractors = {head.extractor for head in heads}
    table = replace(table, heads=heads)
    return BoardTable(
        table=table,
        title=title,
        extractor=extractors.pop() if len(extractors) == 1 else "",
        notes=tuple(map(_make_sentence, (*table.notes, *table.equal))),
        printed=tuple(_split_for_print(len(table.columns_by_aspect))),
    )


def _make_sentence(note: RankNote) -> RankNote:
    """Return a note as a sentence: with a capital letter and a full stop."""
    return note._replace(text=one_line(f"{note.text[0].upper()}{note.text[1:]}."))


def _column_order(head: Head) -> int:
    """Return 0 for a column that decides the overall rank, 1 for another ranked one, and 2 for the rest."""
    # the overall rank is over the columns that all generators share
    return 0 if head.is_shared else 1 if head.facts.is_ranked else 2


def _split_for_print(count: int) -> Iterator[range]:
    """Yield the positions of the columns of each part of a table that is too wide for a sheet of paper.

    The parts have about equally many columns. Yields nothing if all `count` columns fit on one sheet.
    """
    parts = -(-count // _PRINTED)  # rounded up
    if parts > 1:
        yield from (range(count * part // parts, count * (part + 1) // parts) for part in range(parts))


def describe_legend(tables: Iterable[Table], rule: RankRule = EARLIER_RULE) -> dict[str, Any]:
    """Return what the legend below the tables explains, as far as the tables show it.

    seeds       the number of seeds of each table, "3" or "1 or 3"
    most_seeds  the greatest of them
    roles       of controls, with their meanings
    is_spread   whether an entry shows an interval
    is_same     whether an entry has equal values at all seeds, and its metric gives no interval of its own
    is_own      whether an entry has the interval that its metric gives
    has_gaps    whether an entry has a status in place of a value
    has_lacks   whether a row has no entry for a column
    has_units   whether numbers are divided by a power of ten
    rule        sentences on how aspects decide the overall rank, and on what the suite requires
    votes_together  whether all metrics have one vote together

    The other keys are whether the tables have a mark of this kind, or ranges of ranks.
    """
    all_tables = list(tables)
    counts = sorted({len(table.seeds.split()) for table in all_tables})
    rows = [line for table in all_tables for line in table.rows]
    cells = [cell for line in rows for cell in line.cells.values()]
    entries = [cell.entry for cell in cells if cell.entry is not None]
    with_value = [entry for entry in entries if entry.value is not None]
    heads = [head for table in all_tables for head in table.heads]
    roles = {line.row.control for line in rows}
    return {
        "seeds": " or ".join(map(str, counts)),
        "most_seeds": max(counts, default=0),
        "is_spread": any(cell.interval for cell in cells),
        "is_same": any(e.low is not None and e.low == e.high and not e.has_own_interval for e in with_value),
        "is_own": any(entry.has_own_interval for entry in with_value),
        "has_best": any(cell.is_best for cell in cells),
        "has_undecided": any(cell.is_undecided for cell in cells),
        "has_untested": any(entry.is_untested for entry in with_value),
        "has_ranges": any(e.rank_low != e.rank_high for e in with_value)
        or any(line.row.rank_low != line.row.rank_high for line in rows),
        "has_wrong": any(head.wrong_controls for head in heads),
        "has_gaps": len(with_value) < len(entries),
        "has_lacks": len(entries) < len(cells),
        "has_units": any(head.unit for head in heads),
        "rule": describe_rule(rule),
        "votes_together": rule.votes is None,
        "roles": tuple((role, meaning) for role, meaning in _ROLES.items() if role in roles),
    }


def list_marks(table: Table) -> list[tuple[str, str, str]]:
    """Return (mark, its CSS class, meaning) of each mark that a table shows; each fits a line of a phone."""
    legend = describe_legend([table])
    has_undecided = legend["has_undecided"] or legend["has_untested"]
    marks = (
        ("★", "mark", BEST_MEANING.partition(";")[0], legend["has_best"]),
        ("☆", "mark", "behind, but the tests do not settle it", has_undecided),
        ("⚠\ufe0e", "wrong", "the metric ranks a control wrongly", legend["has_wrong"]),
    )
    return [(sign, look, words) for sign, look, words, is_used in marks if is_used]
