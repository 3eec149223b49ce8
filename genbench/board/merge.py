"""Merging of several runs into one board."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.board.comparability import ComparedRow, side_differences
from genbench.board.rows import UNVERIFIED
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.names import MOST_RUN_NAME, is_generator_id
from genbench.results.records import Plan, check_directions
from genbench.results.results import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.results.records import Cell, Record, Trace

__all__ = ["differences", "merge"]


@dataclass(frozen=True, kw_only=True)
class _RunRow:
    """The cells of one dataset and generator in one run."""

    run: Results
    dataset: str
    generator: str
    cells: tuple[Cell, ...]

    @property
    def seeds(self) -> set[int]:
        return {cell.seed for cell in self.cells}


def merge(runs: Sequence[Results]) -> Results:
    """Return several runs as one.

    The rows of one dataset and generator in several runs become one row if they have the same seeds, share
    at least one cell, and agree in every cell that they share. Cells agree if their keys are equal, or if
    signature, value and samples are equal; those of CSV files, whose samples are unknown, only if their keys
    are. Rows that do not agree stay apart, named GENERATOR@RUN. If two runs have a record of one key, an ok
    record wins, then the first. Raises DataError, naming the runs, for a metric with one signature and two
    directions or best values, and for rows of merged runs that would have no name of their own.
    """
    runs = _named(runs)
    _check_directions(runs)
    merged: dict[tuple[str, str], list[list[_RunRow]]] = {}
    for run_row in (run_row for run in runs for run_row in _run_rows(run)):
        rows = merged.setdefault((run_row.dataset, run_row.generator), [])
        same = next((row for row in rows if _are_equal(row[0], run_row)), None)
        if same is None:
            rows.append([run_row])
        else:
            same.append(run_row)
    names = {
        (run_row.run.name, run_row.dataset, run_row.generator): _row_name(row, alone=len(rows) == 1)
        for rows in merged.values()
        for row in rows
        for run_row in row
    }
    _check_names([row[0] for rows in merged.values() for row in rows], names)
    cells = [cell for rows in merged.values() for row in rows for cell in _cells(row, names)]
    traces = {trace.key: trace for run in runs for trace in _traces(run, names)}
    return Results(
        name=" and ".join(run.name for run in runs),
        plan=Plan(
            cells=tuple(cells),
            traces=tuple(traces),
            provenance={
                "name": " and ".join(run.name for run in runs),
                "merged": {run.name: dict(run.plan.provenance) for run in runs},
                "sources": {run.name: run.source for run in runs},
                "differences": differences(runs),
            },
        ),
        records=_records(runs),
        traces=tuple(traces.values()),
    )


def differences(runs: Sequence[Results]) -> list[str]:
    """Return how each run differs from the first, dataset by dataset: field, both values and a remedy.

    One more line a run counts the cells of equal keys that have different values.
    """
    first, *others = _named(runs)
    return [line for other in others for line in (*_side_lines(first, other), *_value_lines(first, other))]


def _named(runs: Sequence[Results]) -> list[Results]:
    """Return the runs under unique names of lower-case letters, digits and dashes: run, run-2 and so on."""
    taken: set[str] = set()
    named = []
    for run in runs:
        base = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")[:MOST_RUN_NAME] or "run"
        numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(runs) + 1))
        name = next(name for name in numbered if name not in taken)
        taken.add(name)
        named.append(replace(run, name=name))
    return named


def _run_rows(run: Results) -> list[_RunRow]:
    cells: dict[tuple[str, str], list[Cell]] = {}
    for cell in run.plan.cells:
        cells.setdefault((cell.dataset, cell.generator), []).append(cell)
    return [
        _RunRow(run=run, dataset=dataset, generator=generator, cells=tuple(row_cells))
        for (dataset, generator), row_cells in cells.items()
    ]


def _are_equal(first: _RunRow, second: _RunRow) -> bool:
    first_cells = {(cell.metric, cell.seed): cell for cell in first.cells}
    shared = [
        (first_cells[position], cell)
        for cell in second.cells
        if (position := (cell.metric, cell.seed)) in first_cells
    ]
    agree = all(_agree(cell, first.run.records, other, second.run.records) for cell, other in shared)
    return first.seeds == second.seeds and bool(shared) and agree


def _agree(
    cell: Cell, records: Mapping[str, Record], other: Cell, other_records: Mapping[str, Record]
) -> bool:
    if cell.key == other.key:
        return True
    if UNVERIFIED in (cell.plugin, other.plugin):
        return False
    first, second = records.get(cell.key), other_records.get(other.key)
    if first is None or second is None or cell.signature != other.signature:
        return False
    are_ok = first.status == second.status == "ok"
    return are_ok and (first.value, first.samples) == (second.value, second.samples)


def _check_directions(runs: Sequence[Results]) -> None:
    try:
        check_directions(*((run.name, run.plan.cells) for run in runs))
    except ValueError as error:
        raise DataError(f"the runs cannot be merged: {error}") from error


def _check_names(rows: Sequence[_RunRow], names: Mapping[tuple[str, str, str], str]) -> None:
    """Raise DataError unless each row has a name of its own; GENERATOR@RUN of a merged run may have none."""
    taken: set[tuple[str, str]] = set()
    for row in rows:
        name = names[row.run.name, row.dataset, row.generator]
        if (row.dataset, name) in taken or not is_generator_id(name):
            raise DataError(
                f"the runs cannot be merged: {row.run.name} has {row.generator}, and no row can have the "
                f"name {name}; merge the folders of the runs, and not that of their merge"
            )
        taken.add((row.dataset, name))


def _row_name(row: list[_RunRow], *, alone: bool) -> str:
    return row[0].generator if alone else f"{row[0].generator}@{row[0].run.name}"


def _cells(row: list[_RunRow], names: Mapping[tuple[str, str, str], str]) -> list[Cell]:
    """Return the cells of a merged row; plugin and control are those of its first run."""
    first = row[0].cells[0]
    name = names[row[0].run.name, row[0].dataset, row[0].generator]
    cells: dict[tuple[str, int], Cell] = {}
    for cell in (cell for run_row in row for cell in run_row.cells):
        cells.setdefault((cell.metric, cell.seed), cell)
    return [
        replace(cell, generator=name, plugin=first.plugin, control=first.control) for cell in cells.values()
    ]


def _records(runs: Sequence[Results]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for run in runs:
        for key, record in run.records.items():
            if key not in records or (record.status == "ok" and records[key].status != "ok"):
                records[key] = record
    return records


def _traces(run: Results, names: Mapping[tuple[str, str, str], str]) -> list[Trace]:
    """Return a run's traces under the names of their rows; a new name is a new key."""
    traces = []
    for trace in run.traces:
        name = names.get((run.name, trace.dataset, trace.generator), trace.generator)
        key = trace.key if name == trace.generator else digest([trace.key, name])
        traces.append(replace(trace, generator=name, key=key))
    return traces


def _side_lines(first: Results, other: Results) -> list[str]:
    sides, others = _sides(first), _sides(other)
    shared = sorted(sides.keys() & others.keys())
    return [
        f"{dataset}: {line}"
        for dataset in shared
        for line in side_differences(sides[dataset], others[dataset])
    ]


def _value_lines(first: Results, other: Results) -> list[str]:
    shared = first.records.keys() & other.records.keys()
    pairs = [(first.records[key], other.records[key]) for key in shared]
    unequal = sum(one.status == two.status == "ok" and one.value != two.value for one, two in pairs)
    if not unequal:
        return []
    count = f"{unequal} of {len(shared)} cells with equal keys have different values in {other.name}"
    cause = "training again on another kind of CPU is another draw"
    return [f"{count}, because {cause}; the board shows the values of {first.name}"]


def _sides(run: Results) -> dict[str, ComparedRow]:
    sides: dict[str, ComparedRow] = {}
    for dataset in sorted({cell.dataset for cell in run.plan.cells}):
        cells = [cell for cell in run.plan.cells if cell.dataset == dataset]
        seeds = tuple(sorted({cell.seed for cell in cells}))
        signatures = {cell.metric: cell.signature for cell in cells}
        sides[dataset] = ComparedRow(label=run.name, seeds=seeds, signatures=signatures)
    return sides
