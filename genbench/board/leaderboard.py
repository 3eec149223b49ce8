"""Boards from records: rows of means over seeds, ranked where they can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from genbench.board.blocks import build_blocks, rank_rows
from genbench.board.rank_rules import EARLIER_RULE, RankRule, read_rank_rule
from genbench.board.rows import build_rows
from genbench.core.grouping import group_pairs
from genbench.results.copies import describe_copies
from genbench.results.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.board.blocks import Block
    from genbench.board.rows import Entry, Row
    from genbench.results.cells import Cell
    from genbench.results.records import Plan

__all__ = ["Board", "DataNotes", "build_board", "list_outcomes"]


@dataclass(frozen=True, kw_only=True)
class DataNotes:
    """What a run noted of the data of a dataset.

    shared_splits  pairs of splits that share samples
    real_size      number of samples of the whole test split, None if unknown
    different      number of different samples where they are few, otherwise None
    caution        the warning of the dataset's component on scores of these data, "" for none
    """

    shared_splits: tuple[tuple[str, str], ...] = ()
    real_size: int | None = None
    different: int | None = None
    caution: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """The ranked results of a run.

    title     name of the suite, or ""
    rows      sorted by dataset and generator
    outcomes  the records behind the rows, one for each cell
    notes     the differences between merged runs
    data      what runs noted of their data, by dataset and hash: two runs may have other data of one name,
              and one of an earlier genbench may have noted less of the same data
    sources   of merged runs, the folder of each by its name on the board
    rule      what decides the overall rank, apart from the numbers
    """

    title: str
    rows: tuple[Row, ...]
    outcomes: tuple[Record, ...]
    notes: tuple[str, ...] = ()
    data: Mapping[tuple[str, str], tuple[DataNotes, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    rule: RankRule = EARLIER_RULE

    @property
    def datasets(self) -> tuple[str, ...]:
        """The ids of the board's datasets, sorted."""
        return tuple(sorted({row.dataset for row in self.rows}))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The ids of the board's metrics, sorted."""
        return tuple(sorted({metric for row in self.rows for metric in row.entries}))

    def find_notes(self, cell: Cell) -> tuple[DataNotes, ...]:
        """Return what each run noted of a cell's data, such as splits that share samples, each note once."""
        # a signature contains the hash of the data: two runs may have other data under one name
        return self.data.get((cell.dataset, str(cell.signature.get("data", ""))), ())

    def find_records(self, row: Row, metric: str) -> list[Record]:
        """Return the records of all seeds whose mean is the entry of a row in a metric."""
        ids = row.dataset, row.generator, metric
        return [r for r in self.outcomes if (r.cell.dataset, r.cell.generator, r.cell.metric) == ids]

    def list_comparable(self, dataset: str, entry: Entry) -> list[tuple[Row, Entry]]:
        """Return (row, its entry) for the competitors that can be compared with an entry on a dataset.

        They have an entry of the same metric at the same signature and seeds. `entry` itself is
        one of them, if its row competes.
        """
        rows = [row for row in self.rows if row.dataset == dataset and row.competes]
        entries = [(row, row.entries.get(entry.metric)) for row in rows]
        settings = entry.signature, entry.seeds
        return [(row, e) for row, e in entries if e is not None and (e.signature, e.seeds) == settings]

    def blocks(self, dataset: str) -> list[Block]:
        """Return the blocks of `dataset`: competitors that share columns, with the other rows of these.

        A column has the numbers of one metric at one signature and the same seeds. Rows are sorted by
        generator, and blocks by their first row; blocks without competitors come last.
        """
        return build_blocks([row for row in self.rows if row.dataset == dataset])


def list_outcomes(plan: Plan, records: Mapping[str, Record]) -> tuple[Record, ...]:
    """Return the record of each planned cell, sorted by dataset, generator, seed and metric.

    A cell without a record has the status "missing" and a reason. Each record gets the planned cell in place
    of its own: a record that `verify` recomputed may have another key or plugin version.
    """
    cells = sorted(plan.cells, key=lambda cell: cell.position)
    return tuple(
        replace(records[cell.key], cell=cell)
        if cell.key in records
        else Record(cell=cell, status="missing", reason="no record; run the suite again")
        for cell in cells
    )


def build_board(plan: Plan, records: Mapping[str, Record]) -> Board:
    """Return the board of the planned cells, with ranks.

    Its title, and the differences and equal samples that a merge found, come from the plan's provenance.
    """
    planned = list_outcomes(plan, records)
    # by row, the names of all rows with the same samples, its own among them; only merged runs have such rows
    same_as = {
        (dataset, name): tuple(group)
        for dataset, same in plan.provenance.get("same_samples", {}).items()
        for group in same
        for name in group
    }
    rule = read_rank_rule(plan.provenance)
    return Board(
        title=str(plan.provenance.get("name", "")),
        rows=rank_rows([rule.apply_to(_exclude_copies(row, plan)) for row in build_rows(planned, same_as)]),
        outcomes=planned,
        notes=tuple(plan.provenance.get("differences", ())),
        data=_read_all_data_notes(plan.provenance),
        sources=dict(plan.provenance.get("sources", {})),
        rule=rule,
    )


def _exclude_copies(row: Row, plan: Plan) -> Row:
    """Return a row without a rank if too many of its samples are copies, unless its suite ranks it.

    Merged runs rank it only if the suites of all say `rank_copies`.
    """
    runs = plan.provenance.get("merged", {"": plan.provenance}).values()
    reason = describe_copies(row.copies, excessive=True)
    return row.exclude(reason) if reason and not all(run.get("rank_copies") for run in runs) else row


def _read_all_data_notes(provenance: Mapping[str, Any]) -> dict[tuple[str, str], tuple[DataNotes, ...]]:
    """Return what a run noted of its data, by dataset and hash of the data.

    A merged run has the provenance of each of its runs; here it has the notes of all, equal ones once.
    """
    notes = group_pairs(
        ((name, str(facts.get("hash", ""))), _read_data_notes(facts))
        for run in (provenance, *provenance.get("merged", {}).values())
        for name, facts in run.get("datasets", {}).items()
    )
    return {data: tuple(dict.fromkeys(run_notes)) for data, run_notes in notes.items()}


def _read_data_notes(facts: Mapping[str, Any]) -> DataNotes:
    """Return the notes on the data of one dataset.

    facts  the table of the dataset in run.json; `different` is the number of different samples
    """
    size = facts.get("sizes", {}).get("test")
    return DataNotes(
        shared_splits=tuple((one, two) for one, two in facts.get("shared_splits", ())),
        real_size=size if isinstance(size, int) else None,
        different=facts.get("different"),
        caution=facts.get("caution", ""),
    )
