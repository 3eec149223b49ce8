"""Several runs on one board: what is the same is one row, and what is not stands apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.board.comparability import ComparedRow, side_differences
from genbench.core.canonical_json import digest
from genbench.results.records import Plan
from genbench.results.results import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.results.records import Cell, Record, Trace

__all__ = ["differences", "merge"]


@dataclass(frozen=True, kw_only=True)
class _Part:
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

    A dataset and generator is one row of all runs in which it has the same seeds, agrees with the first in
    every cell that both have, and has at least one such cell. Cells agree if they have one key, or one
    signature, one value and the same samples. A name for which that does not hold is a row of each run,
    GENERATOR@RUN. Where two runs hold a record of one key, an ok one wins, then the first.
    """
    runs = _named(runs)
    rows: dict[tuple[str, str], list[list[_Part]]] = {}
    for part in (part for run in runs for part in _parts(run)):
        found = rows.setdefault((part.dataset, part.generator), [])
        same = next((row for row in found if _are_one(row[0], part)), None)
        if same is None:
            found.append([part])
        else:
            same.append(part)
    names = {
        (part.run.name, part.dataset, part.generator): _row_name(row, alone=len(found) == 1)
        for found in rows.values()
        for row in found
        for part in row
    }
    cells = [cell for found in rows.values() for row in found for cell in _cells(row, names)]
    traces = {trace.key: trace for run in runs for trace in _traces(run, names)}
    return Results(
        name=" and ".join(run.name for run in runs),
        plan=Plan(
            cells=tuple(cells),
            traces=tuple(traces),
            provenance={
                "name": " and ".join(run.name for run in runs),
                "merged": {run.name: dict(run.plan.provenance) for run in runs},
                "differences": differences(runs),
            },
        ),
        records=_records(runs),
        traces=tuple(traces.values()),
    )


def differences(runs: Sequence[Results]) -> list[str]:
    """Return how each run differs from the first, dataset by dataset: field, both values and a remedy.

    A line also says for how many cells of one key two runs found different values.
    """
    first, *others = _named(runs)
    return [line for other in others for line in (*_side_lines(first, other), *_value_lines(first, other))]


def _named(runs: Sequence[Results]) -> list[Results]:
    """Return the runs under names that can stand in a row's name, each once: run, run-2 and so on."""
    taken: set[str] = set()
    named = []
    for run in runs:
        base = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-") or "run"
        numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(runs) + 1))
        name = next(name for name in numbered if name not in taken)
        taken.add(name)
        named.append(replace(run, name=name))
    return named


def _parts(run: Results) -> list[_Part]:
    cells: dict[tuple[str, str], list[Cell]] = {}
    for cell in run.plan.cells:
        cells.setdefault((cell.dataset, cell.generator), []).append(cell)
    return [
        _Part(run=run, dataset=dataset, generator=generator, cells=tuple(found))
        for (dataset, generator), found in cells.items()
    ]


def _are_one(first: _Part, second: _Part) -> bool:
    """Whether two parts are one row; plugin and control are those of the first."""
    places = {(cell.metric, cell.seed): cell for cell in first.cells}
    shared = [(places[place], cell) for cell in second.cells if (place := (cell.metric, cell.seed)) in places]
    agree = all(_agree(one, first.run.records, two, second.run.records) for one, two in shared)
    return first.seeds == second.seeds and bool(shared) and agree


def _agree(one: Cell, records: Mapping[str, Record], two: Cell, others: Mapping[str, Record]) -> bool:
    if one.key == two.key:
        return True
    here, there = records.get(one.key), others.get(two.key)
    if here is None or there is None or one.signature != two.signature:
        return False
    return here.status == there.status == "ok" and (here.value, here.samples) == (there.value, there.samples)


def _row_name(row: list[_Part], *, alone: bool) -> str:
    return row[0].generator if alone else f"{row[0].generator}@{row[0].run.name}"


def _cells(row: list[_Part], names: Mapping[tuple[str, str, str], str]) -> list[Cell]:
    first = row[0].cells[0]
    name = names[row[0].run.name, row[0].dataset, row[0].generator]
    cells: dict[tuple[str, int], Cell] = {}
    for cell in (cell for part in row for cell in part.cells):
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
    found = []
    for trace in run.traces:
        name = names.get((run.name, trace.dataset, trace.generator), trace.generator)
        key = trace.key if name == trace.generator else digest([trace.key, name])
        found.append(replace(trace, generator=name, key=key))
    return found


def _side_lines(first: Results, other: Results) -> list[str]:
    here, there = _sides(first), _sides(other)
    shared = sorted(here.keys() & there.keys())
    return [
        f"{dataset}: {line}" for dataset in shared for line in side_differences(here[dataset], there[dataset])
    ]


def _value_lines(first: Results, other: Results) -> list[str]:
    shared = first.records.keys() & other.records.keys()
    pairs = [(first.records[key], other.records[key]) for key in shared]
    unequal = sum(one.status == two.status == "ok" and one.value != two.value for one, two in pairs)
    if not unequal:
        return []
    said = f"{unequal} of {len(shared)} cells with equal keys have other values in {other.name}"
    return [f"{said}, as retraining on another kind of machine is another draw; those of {first.name} stand"]


def _sides(run: Results) -> dict[str, ComparedRow]:
    sides: dict[str, ComparedRow] = {}
    for dataset in sorted({cell.dataset for cell in run.plan.cells}):
        cells = [cell for cell in run.plan.cells if cell.dataset == dataset]
        seeds = tuple(sorted({cell.seed for cell in cells}))
        signatures = {cell.metric: cell.signature for cell in cells}
        sides[dataset] = ComparedRow(label=run.name, seeds=seeds, signatures=signatures)
    return sides
