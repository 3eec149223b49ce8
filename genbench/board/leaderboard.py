"""Boards from records: rows of means over seeds, ranked where they can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from genbench.board.blocks import blocks_of, ranked_rows
from genbench.board.rows import rows_of
from genbench.results.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from genbench.board.blocks import Block
    from genbench.board.rows import Row
    from genbench.results.records import Cell, Plan

__all__ = ["Board", "build_board", "outcomes"]

_NO_RECORD = "no record; run the suite again"


@dataclass(frozen=True, kw_only=True)
class Board:
    """The ranked results of a run.

    title     name of the suite, or ""
    rows      sorted by dataset and generator
    outcomes  the records behind the rows, one for each cell
    notes     the differences between merged runs
    shared_splits  pairs of splits that share samples, by dataset
    real_sizes    number of samples of the whole test split, by dataset
    different     number of different samples, by dataset, where they are few
    sources   of merged runs, the folder of each by its name on the board
    """

    title: str
    rows: tuple[Row, ...]
    outcomes: tuple[Record, ...]
    notes: tuple[str, ...] = ()
    shared_splits: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    real_sizes: Mapping[str, int] = field(default_factory=dict)
    different: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The ids of datasets, sorted."""
        return tuple(sorted({row.dataset for row in self.rows}))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The ids of metrics, sorted."""
        return tuple(sorted({metric for row in self.rows for metric in row.entries}))

    def blocks(self, dataset: str) -> list[Block]:
        """Return the blocks of `dataset`, each the rows that share columns, ordered by first name."""
        return blocks_of([row for row in self.rows if row.dataset == dataset])


def outcomes(plan: Plan, records: Mapping[str, Record]) -> tuple[Record, ...]:
    """Return the record of each planned cell, sorted by dataset, generator, seed and metric.

    A cell without a record has the status "missing" and a reason.
    """
    cells = sorted(plan.cells, key=lambda cell: (cell.dataset, cell.generator, cell.seed, cell.metric))
    return tuple(_outcome(cell, records.get(cell.key)) for cell in cells)


def build_board(plan: Plan, records: Mapping[str, Record]) -> Board:
    """Return the board of the planned cells, with "name" and "differences" from the provenance."""
    planned = outcomes(plan, records)
    return Board(
        title=str(plan.provenance.get("name", "")),
        rows=ranked_rows(rows_of(planned)),
        outcomes=planned,
        notes=tuple(plan.provenance.get("differences", ())),
        shared_splits=_shared_splits(plan.provenance),
        real_sizes=_real_sizes(plan.provenance),
        different={name: f["different"] for name, f in _datasets(plan.provenance) if "different" in f},
        sources=dict(plan.provenance.get("sources", {})),
    )


def _shared_splits(provenance: Mapping[str, Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the pairs of splits that share samples, which a run, or the runs of a merged one, noted."""
    return {
        name: tuple((first, second) for first, second in found["shared_splits"])
        for name, found in _datasets(provenance)
        if found.get("shared_splits")
    }


def _real_sizes(provenance: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of samples of the test split of each dataset that a run noted."""
    sizes = {name: found.get("sizes", {}).get("test") for name, found in _datasets(provenance)}
    return {name: size for name, size in sizes.items() if isinstance(size, int)}


def _datasets(provenance: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name of each dataset of a run, or of the runs of a merged one, and what was noted of it."""
    for run in (provenance, *provenance.get("merged", {}).values()):
        yield from run.get("datasets", {}).items()


def _outcome(cell: Cell, record: Record | None) -> Record:
    if record is None:
        return Record(cell=cell, status="missing", reason=_NO_RECORD)
    return replace(record, cell=cell)
