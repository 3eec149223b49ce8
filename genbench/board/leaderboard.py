"""Boards from records: means over seeds with intervals, ranked among comparable generators.

Rows of one dataset form a block, and are ranked together, only if their seeds and all their signatures are
equal. Within one metric, rows are ranked together if they share that metric's signature and seeds. Where
some samples have no features, only rows with similar shares of samples with features are ranked together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from genbench.board.ranking import FAILED, SKIPPED, column_ranks, interval, loss, mean_win_rates, ranks
from genbench.board.valid_shares import share_groups, share_of
from genbench.results.records import Record, short_signature

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from fractions import Fraction

    from genbench.results.records import Cell, Plan

__all__ = ["Board", "Entry", "Row", "build_board", "outcomes"]

_NO_RECORD = "no record; run the suite again"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One metric of one row: the mean over seeds, if every seed is ok.

    direction, best  of the metric
    signature  8 hex digits
    seeds      the planned seeds, ascending
    status     "ok"; else the first failure by seed, or "skipped" if all others were skipped
    bad        number of seeds that are not ok
    value      mean over seeds, or None unless all are ok
    low, high  95 % t-interval over seeds, or None under two seeds
    rank       among comparable competitors, 1 the best, or None
    valid_share      share of the samples that have features, over all seeds; None if no record says
    any_valid_share  whether the metric ranks rows at unequal shares
    unseen_controls  roles of controls whose flaws the metric may not see
    share_group      number of the group of competitors with such a share, from 0
    """

    metric: str
    direction: str
    best: float | None
    signature: str
    seeds: tuple[int, ...]
    status: str
    bad: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    rank: int | None = None
    valid_share: Fraction | None = None
    any_valid_share: bool = False
    unseen_controls: tuple[str, ...] = ()
    share_group: int = 0

    @property
    def is_ranked(self) -> bool:
        """Whether the metric says which of two values is better."""
        return self.direction != "none"

    @property
    def loss(self) -> float | None:
        """The loss for ranking, lower is better; FAILED or SKIPPED without a value."""
        if self.value is not None:
            return loss(self.value, self.direction, self.best)
        return SKIPPED if self.status == "skipped" else FAILED


@dataclass(frozen=True, kw_only=True)
class Row:
    """One generator on one dataset.

    plugin   distribution and version
    control  the generator's role as a control, which does not compete; None for a competitor
    seeds    ascending
    n        numbers of fakes, usually one
    entries  by metric, sorted
    rank     by mean win rate among the competitors of its block, or None
    deterministic  whether the generator always gave the same samples at one key
    """

    dataset: str
    generator: str
    plugin: str
    control: str | None
    seeds: tuple[int, ...]
    n: tuple[int, ...]
    entries: Mapping[str, Entry]
    rank: int | None = None
    deterministic: bool = True

    @property
    def block(self) -> tuple[Hashable, ...]:
        """The values that rows of one block share, the groups of their shares of valid samples apart."""
        return (
            self.dataset,
            self.seeds,
            *((metric, entry.signature) for metric, entry in self.entries.items()),
        )

    @property
    def share_groups(self) -> tuple[int, ...]:
        """The groups of its shares of samples with features; competitors of one block have equal ones."""
        return tuple(entry.share_group for entry in self.entries.values())


@dataclass(frozen=True, kw_only=True)
class Board:
    """The ranked results of a run.

    title     name of the suite, or ""
    rows      sorted by dataset and generator
    outcomes  the records behind the rows, one for each cell
    notes     the differences between merged runs
    """

    title: str
    rows: tuple[Row, ...]
    outcomes: tuple[Record, ...]
    notes: tuple[str, ...] = ()

    @property
    def datasets(self) -> tuple[str, ...]:
        """The ids of datasets, sorted."""
        return tuple(sorted({row.dataset for row in self.rows}))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The ids of metrics, sorted."""
        return tuple(sorted({metric for row in self.rows for metric in row.entries}))

    def blocks(self, dataset: str) -> list[list[Row]]:
        """Return the blocks of `dataset`, each the rows that are ranked together, ordered by first name.

        Within a block competitors come first, by rank and name, then controls by name. Controls are in all
        blocks that differ only in the groups of shares of valid samples.
        """
        blocks: dict[Hashable, list[Row]] = {}
        for row in self.rows:
            if row.dataset == dataset:
                blocks.setdefault(row.block, []).append(row)
        return [sorted(part, key=_order) for rows in blocks.values() for part in _by_share(rows)]


def outcomes(plan: Plan, records: Mapping[str, Record]) -> tuple[Record, ...]:
    """Return the record of each planned cell, sorted by dataset, generator, seed and metric.

    A cell without a record has the status "missing" and a reason.
    """
    cells = sorted(plan.cells, key=lambda cell: (cell.dataset, cell.generator, cell.seed, cell.metric))
    return tuple(_outcome(cell, records.get(cell.key)) for cell in cells)


def build_board(plan: Plan, records: Mapping[str, Record]) -> Board:
    """Return the board of the planned cells, with "name" and "differences" from the provenance."""
    planned = outcomes(plan, records)
    rows = [
        _row(list(group)) for _, group in groupby(planned, key=lambda r: (r.cell.dataset, r.cell.generator))
    ]
    return Board(
        title=str(plan.provenance.get("name", "")),
        rows=tuple(_rank_rows(_rank_entries(_group_entries(rows)))),
        outcomes=planned,
        notes=tuple(plan.provenance.get("differences", ())),
    )


def _outcome(cell: Cell, record: Record | None) -> Record:
    if record is None:
        return Record(cell=cell, status="missing", reason=_NO_RECORD)
    return replace(record, cell=cell)


def _by_share(rows: list[Row]) -> list[list[Row]]:
    """Return rows split by the groups of the competitors' shares; controls are in each part."""
    parts: dict[tuple[int, ...], list[Row]] = {}
    for row in _competitors(rows):
        parts.setdefault(row.share_groups, []).append(row)
    controls = [row for row in rows if row.control]
    return [[*parts[groups], *controls] for groups in sorted(parts)] or [controls]


def _order(row: Row) -> tuple[bool, bool, int, str]:
    return row.control is not None, row.rank is None, row.rank or 0, row.generator


def _row(records: list[Record]) -> Row:
    cell = records[0].cell
    by_metric: dict[str, list[Record]] = {}
    for record in records:
        by_metric.setdefault(record.cell.metric, []).append(record)
    return Row(
        dataset=cell.dataset,
        generator=cell.generator,
        plugin=cell.plugin,
        control=cell.control,
        seeds=tuple(sorted({record.cell.seed for record in records})),
        n=tuple(sorted({record.cell.n for record in records})),
        entries={metric: _entry(by_metric[metric]) for metric in sorted(by_metric)},
        deterministic=_is_deterministic(records),
    )


def _is_deterministic(records: list[Record]) -> bool:
    """Return whether no notice says otherwise, and all records of one seed and n have the same samples."""
    drawn = {(record.cell.seed, record.cell.n, record.samples) for record in records if record.samples}
    noticed = any(notice.is_nondeterministic for record in records for notice in record.notices)
    return not noticed and len({(seed, n) for seed, n, _ in drawn}) == len(drawn)


def _entry(records: list[Record]) -> Entry:
    cell = records[0].cell
    values = [record.value for record in records if record.status == "ok" and record.value is not None]
    bad = [record.status for record in records if record.status != "ok"]
    entry = Entry(
        metric=cell.metric,
        direction=cell.direction,
        best=cell.best,
        signature=" ".join(sorted({short_signature(record.cell.signature) for record in records})),
        seeds=tuple(record.cell.seed for record in records),
        status=min(bad, key=lambda status: status == "skipped", default="ok"),
        bad=len(bad),
        valid_share=share_of(records),
        any_valid_share=cell.any_valid_share,
        unseen_controls=cell.unseen_controls,
    )
    if bad:
        return entry
    mean, half = interval(values)
    if half is None:
        return replace(entry, value=mean)
    return replace(entry, value=mean, low=mean - half, high=mean + half)


def _group_entries(rows: list[Row]) -> list[Row]:
    """Return rows in whose ranked entries competitors have the group of their share of valid samples."""
    columns: dict[Hashable, dict[str, Entry]] = {}
    for row in _competitors(rows):
        for entry in row.entries.values():
            columns.setdefault(_column(row, entry), {})[row.generator] = entry
    groups = {column: _groups(entries) for column, entries in columns.items()}

    def grouped(row: Row, entry: Entry) -> Entry:
        group = 0 if row.control else groups[_column(row, entry)].get(row.generator, 0)
        return replace(entry, share_group=group)

    return [replace(row, entries={m: grouped(row, e) for m, e in row.entries.items()}) for row in rows]


def _groups(entries: Mapping[str, Entry]) -> dict[str, int]:
    """Return the groups of the shares in a column by generator; none for a metric that ranks any shares."""
    if not all(entry.is_ranked for entry in entries.values()):
        return {}
    if all(entry.any_valid_share for entry in entries.values()):
        return {}
    return share_groups({generator: entry.valid_share for generator, entry in entries.items()})


def _rank_entries(rows: list[Row]) -> list[Row]:
    """Return rows whose ranked entries have ranks among competitors of equal column and group of shares."""
    columns: dict[Hashable, dict[str, float | None]] = {}
    for row in _competitors(rows):
        for entry in row.entries.values():
            if entry.is_ranked:
                column = _column(row, entry), entry.share_group
                columns.setdefault(column, {})[row.generator] = entry.loss
    ranks_by_column = {column: column_ranks(losses) for column, losses in columns.items()}

    def ranked(row: Row, entry: Entry) -> Entry:
        column = _column(row, entry), entry.share_group
        ranks_of_column = {} if row.control else ranks_by_column.get(column, {})
        return replace(entry, rank=ranks_of_column.get(row.generator))

    return [replace(row, entries={m: ranked(row, e) for m, e in row.entries.items()}) for row in rows]


def _rank_rows(rows: list[Row]) -> list[Row]:
    """Return rows with the ranks of competitors by mean win rate in their blocks."""
    row_ranks: dict[tuple[Hashable, ...], int] = {}
    blocks: dict[Hashable, list[Row]] = {}
    for row in _competitors(rows):
        blocks.setdefault((row.block, row.share_groups), []).append(row)
    for block, members in blocks.items():
        ranked = [metric for metric, entry in members[0].entries.items() if entry.is_ranked]
        columns = [{row.generator: row.entries[metric].loss for row in members} for metric in ranked]
        rates = {generator: -float(rate) for generator, rate in mean_win_rates(columns).items()}
        row_ranks |= {(block, generator): rank for generator, rank in ranks(rates).items()}
    return [
        replace(
            row,
            rank=None if row.control else row_ranks.get(((row.block, row.share_groups), row.generator)),
        )
        for row in rows
    ]


def _competitors(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if not row.control]


def _column(row: Row, entry: Entry) -> tuple[Hashable, ...]:
    return row.dataset, entry.metric, entry.signature, entry.seeds
