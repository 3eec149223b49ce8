"""The tables of a board as values for a page's templates: one for each group of rows that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.decisions.undecided import undecided_entries
from genbench.board.findings import RankNote, listed, rank_notes, wrong_controls
from genbench.board.formats.column_numbers import Estimate, column_numbers, fixed, typeset
from genbench.board.formatting import arrow, direction_text, head, label, rank_text
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.page.origin import table_titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from genbench.board.blocks import Block, Column
    from genbench.board.formats.column_numbers import NumberText
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row
    from genbench.results.records import Record

    #: Metric and signature to the controls that it ranks wrongly, in words.
    _Wrong = Mapping[tuple[str, str], list[str]]

__all__ = [
    "BoardTable", "TableCell", "TableHead", "TableNote", "TableRow", "board_tables", "metric_anchors",
]  # fmt: skip

_SEED_DIGITS = 2  # decimals of the value of one seed beyond those of the mean
_MOST_REASONS = 3  # of one cell; the page lists all of them below the tables
_MOST_EQUAL = 12  # names in one note
_PRINTED = 11  # columns that fit on the width of a sheet of paper


@dataclass(frozen=True, kw_only=True)
class TableHead:
    """The head of a column.

    name       of the metric, with what tells it from other columns of that metric
    sign       the arrow of the better direction, or ""
    unit       the power of ten by which all numbers of the column are divided, or ""
    extractor  the name in brackets in the metric's id, or ""
    better     the direction in words
    best       the best value where the direction is "target", else None
    anchor     id of the metric's section on the page
    wrong      the controls that it ranks wrongly, in words, or ""
    unseen     the controls whose flaws it may not see, which therefore are never among these, or ""
    """

    metric: str
    name: str
    sign: str
    unit: str
    extractor: str
    direction: str
    better: str
    best: float | None
    signature: str
    seeds: str
    anchor: str
    wrong: str
    unseen: str
    note: str


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """A number with its interval, a status with its reasons, or neither.

    value    the number for sorting, None without one
    text     the number, the status, or for a row without an entry in the column "same" or a dash
    pad      what the text lacks behind its last digit, so that the points of the column line up: ".00"
    runs     the value of each seed, "7.965 9.1"
    rank     the ranks that the seeds leave possible, several where `has_range`
    is_same  whether all seeds gave the same value
    is_own   whether the interval is the metric's own, since all seeds gave the same value
    is_best    whether no other generator is significantly better, in a column where some are worse
    is_undecided  whether one is, but not beyond the correction for the number of metrics
    is_unseen  whether it is that of a control whose flaws the metric may not see
    reasons  why there is no value
    is_lacking  whether the row has no entry in the column
    """

    text: str
    value: float | None = None
    pad: str = ""
    interval: str = ""
    runs: str = ""
    rank: str = ""
    has_range: bool = False
    is_same: bool = False
    is_own: bool = False
    is_best: bool = False
    is_undecided: bool = False
    is_untested: bool = False
    is_unseen: bool = False
    reasons: str = ""
    is_lacking: bool = False


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A generator.

    kind  "control", "unverified" or ""
    rank  the ranks that the seeds leave possible, several where `has_range`
    wins  the mean win rate that decides the rank, in words, or ""
    """

    name: str
    plugin: str
    kind: str
    role: str
    rank: str
    has_range: bool
    wins: str
    order: int | None
    n: str
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, kw_only=True)
class TableNote:
    """A sentence about a table, and the ids of the metrics that it is about; () if it is about all of it."""

    text: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BoardTable:
    """The rows that share columns.

    title      the dataset, and what tells the table from others of it: its runs, or its number
    extractor  the one that all columns share, or ""
    notes      what the ranks are over, which generators have none, and which metrics show no difference
    printed    the numbers of the columns of each table on paper; () if one sheet is wide enough for all
    """

    title: str
    seeds: str
    n: str
    extractor: str
    notes: tuple[TableNote, ...]
    heads: tuple[TableHead, ...]
    rows: tuple[TableRow, ...]
    printed: tuple[range, ...] = ()


@dataclass(frozen=True)
class _Numbers:
    """The numbers of a column, by generator, and the power of ten by which they are divided.

    has_worse  whether not all competitors with a value are marked as best
    """

    exponent: int
    unit: str
    texts: Mapping[str, NumberText]
    has_worse: bool


def board_tables(board: Board, dataset: str, merged: Mapping[str, Any] | None = None) -> list[BoardTable]:
    """Return the tables of a dataset, in the order of its blocks.

    merged  the provenance of each run of a merged board, by name
    """
    reasons, anchors = _reasons(board.outcomes, dataset), metric_anchors(board)
    said = _notes(board.outcomes, dataset)
    wrong: dict[tuple[str, str], list[str]] = {}
    for found in wrong_controls(board):
        if found.dataset == dataset:
            wrong.setdefault((found.metric, found.signature), []).append(found.text)
    blocks = board.blocks(dataset)
    generators = [[row.generator for row in block.rows] for block in blocks]
    titles = table_titles(dataset, generators, merged or {})
    return [
        _table(title, block, reasons, anchors, wrong, said)
        for title, block in zip(titles, blocks, strict=True)
    ]


def metric_anchors(board: Board) -> dict[str, str]:
    """Return the id of the section of each metric on a page: its number among the metrics of the board."""
    return {metric: f"metric-{number}" for number, metric in enumerate(board.metrics)}


def _table(
    title: str,
    block: Block,
    reasons: Mapping[tuple[str, str], str],
    anchors: Mapping[str, str],
    wrong: _Wrong,
    said: Mapping[str, str],
) -> BoardTable:
    columns = sorted(block.columns, key=lambda one: (_weight(block, one), parse_id(one.metric)[::-1]))
    extractors = {parse_id(column.metric)[1] for column in columns}
    first = block.rows[0]
    numbers = [_numbers(block, column) for column in columns]
    undecided = undecided_entries(block)
    return BoardTable(
        title=title,
        seeds=" ".join(map(str, first.seeds)),
        n=" ".join(map(str, first.n)),
        extractor=extractors.pop() if len(extractors) == 1 else "",
        notes=tuple(map(_note, [*rank_notes(block), *_equal(block)])),
        heads=tuple(
            _head(block, column, anchors, wrong, own.unit, said.get(column.metric, ""))
            for column, own in zip(columns, numbers, strict=True)
        ),
        rows=tuple(
            _row(row, block, zip(columns, numbers, strict=True), reasons, undecided) for row in block.rows
        ),
        printed=tuple(_printed(len(columns))),
    )


def _numbers(block: Block, column: Column) -> _Numbers:
    """Return the texts of a column, by generator."""
    entries = {row.generator: entry for row in block.rows if (entry := column.entry(row))}
    estimates = {
        generator: Estimate(entry.value, *entry.shown_interval)
        for generator, entry in entries.items()
        if entry.value is not None
    }
    found = column_numbers(list(estimates.values()))
    known = [column.entry(row) for row in block.competitors]
    has_worse = any(entry and entry.value is not None and not entry.is_best for entry in known)
    return _Numbers(found.exponent, found.unit, dict(zip(estimates, found.texts, strict=True)), has_worse)


def _weight(block: Block, column: Column) -> int:
    """Return 0 for a column that decides the overall rank, 1 for another ranked one, and 2 for the rest."""
    if column in block.shared:
        return 0
    return 1 if block.entries[column].is_ranked else 2


def _printed(count: int) -> Iterator[range]:
    """Yield the columns of each table on paper, about equally many; none if they fit in one."""
    parts = -(-count // _PRINTED)
    if parts > 1:
        yield from (range(count * part // parts, count * (part + 1) // parts) for part in range(parts))


def _note(note: RankNote) -> TableNote:
    text = one_line(f"{note.text[0].upper()}{note.text[1:]}.")
    return TableNote(text=text, metrics=tuple(map(one_line, note.metrics)))


def _equal(block: Block) -> Iterator[RankNote]:
    """Yield a line for the ranked metrics in which all competitors have equal values at all seeds."""
    entries = {column: [column.counted_entry(rows) for rows in block.rivals] for column in block.shared}
    equal = [
        column.metric
        for column, own in entries.items()
        if len(own) > 1 and own[0] and own[0].values and len({entry and entry.values for entry in own}) == 1
    ]
    if equal:
        names = listed(sorted(equal), _MOST_EQUAL)
        yield RankNote(f"no difference between generators in {names}: the values are equal", tuple(equal))


def _head(
    block: Block, column: Column, anchors: Mapping[str, str], wrong: _Wrong, unit: str, note: str
) -> TableHead:
    entry = block.entries[column]
    controls = [row for row in block.rows if row.control in entry.facts.unseen_controls and column.entry(row)]
    sign = arrow(entry.facts.direction, entry.facts.best).strip()
    return TableHead(
        metric=one_line(column.metric),
        name=one_line(head(block, column).replace(f" {sign}", "", 1) if sign else head(block, column)),
        sign=typeset(sign),
        unit=unit,
        extractor=parse_id(column.metric)[1],
        direction=entry.facts.direction,
        better=typeset(direction_text(entry.facts.direction, entry.facts.best)),
        best=entry.facts.target,
        signature=entry.short,
        seeds=" ".join(map(str, entry.seeds)),
        anchor=anchors[column.metric],
        wrong=typeset(one_line("; ".join(wrong.get((column.metric, column.signature), ())))),
        unseen=one_line(listed(row.generator for row in controls)) if entry.is_ranked and controls else "",
        note=note,
    )


def _row(
    row: Row,
    block: Block,
    columns: Iterable[tuple[Column, _Numbers]],
    reasons: Mapping[tuple[str, str], str],
    undecided: frozenset[tuple[str, str]],
) -> TableRow:
    return TableRow(
        name=one_line(label(row)),
        plugin=one_line(row.plugin),
        kind="control" if row.control else "" if row.is_verifiable else "unverified",
        role=one_line(row.control or ""),
        rank=rank_text(row),
        has_range=row.rank_low != row.rank_high,
        wins="" if row.win_rate is None else f"mean win rate {row.win_rate:.3f}",
        order=row.rank,
        n=" ".join(map(str, row.n)),
        cells=tuple(
            _cell(row, entry, numbers, reasons, is_undecided=(row.generator, column.metric) in undecided)
            if (entry := column.entry(row))
            else _lacking(row, column, block)
            for column, numbers in columns
        ),
    )


def _lacking(row: Row, column: Column, block: Block) -> TableCell:
    """Return the cell of a row that has no entry in a column, and why."""
    twins = [other for other in block.rows if other.generator in row.same_as and column.entry(other)]
    if twins:
        name = one_line(twins[0].generator)
        reason = f"the samples are those of {name}, whose row has the number"
        return TableCell(text="same", reasons=reason, is_lacking=True)
    has_other = column.metric in row.entries
    reason = "its number has another signature or other seeds" if has_other else "its run lacks this metric"
    return TableCell(text="–", reasons=reason, is_lacking=True)


def _cell(
    row: Row,
    entry: Entry,
    numbers: _Numbers,
    reasons: Mapping[tuple[str, str], str],
    *,
    is_undecided: bool,
) -> TableCell:
    if entry.value is None:
        count = "" if entry.bad == len(entry.seeds) else f" {entry.bad}/{len(entry.seeds)}"
        why = reasons.get((row.generator, entry.metric), "")
        return TableCell(text=f"{entry.status}{count}", reasons=why)
    own = numbers.texts[row.generator]
    digits = own.decimals + _SEED_DIGITS
    is_same = entry.low is not None and entry.low == entry.high
    return TableCell(
        text=own.text,
        value=entry.value,
        pad=own.pad,
        interval=own.interval,
        runs=" ".join(fixed(value, numbers.exponent, digits) for value in entry.values),
        rank=rank_text(entry),
        has_range=entry.rank_low != entry.rank_high,
        is_same=is_same and not entry.has_own_interval,
        is_own=entry.has_own_interval,
        is_best=entry.is_best and numbers.has_worse,
        is_undecided=is_undecided,
        is_untested=entry.is_untested,
        is_unseen=entry.is_ranked and row.control in entry.facts.unseen_controls,
    )


def _reasons(records: Iterable[Record], dataset: str) -> dict[tuple[str, str], str]:
    """Return why cells of a dataset have no value, by generator and metric, equal reasons once."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for record in records:
        cell = record.cell
        if cell.dataset == dataset and record.status != "ok":
            said = one_line(f"{record.status}: {record.reason}")
            found.setdefault((cell.generator, cell.metric), {}).setdefault(said, []).extend(
                map(str, cell.seeds)
            )
    return {place: _joined(seeds_by_reason) for place, seeds_by_reason in found.items()}


def _notes(records: Iterable[Record], dataset: str) -> dict[str, str]:
    """Return what metrics say of their numbers on a dataset, by metric, equal notes once."""
    found: dict[str, dict[str, None]] = {}
    for record in records:
        note = record.extra.get("note")
        if record.cell.dataset == dataset and isinstance(note, str) and note:
            found.setdefault(record.cell.metric, {})[one_line(note)] = None
    return {metric: "; ".join(said) for metric, said in found.items()}


def _joined(seeds_by_reason: Mapping[str, list[str]]) -> str:
    lines = [
        f"{said} ({'seed' if len(seeds) == 1 else 'seeds'} {' '.join(seeds)})"
        for said, seeds in seeds_by_reason.items()
    ]
    return listed(lines, _MOST_REASONS) if len(lines) > 1 else lines[0]
