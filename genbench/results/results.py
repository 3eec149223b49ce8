"""Results of a run, read from and written to its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.errors import ResultsError, SuiteError
from genbench.results.folder import RunFolder
from genbench.results.records import (
    read_plan,
    read_records,
    read_traces,
    write_plan,
    write_record,
    write_trace,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genbench.results.records import Plan, Record, Trace

__all__ = ["Results", "read_results", "write_results"]


@dataclass(frozen=True, kw_only=True)
class Results:
    """The plan, records and traces of a run.

    name     the run's name beside other runs
    records  by the key of their cells
    damaged  records and traces that reading found damaged and put aside, relative to the folder
    """

    name: str
    plan: Plan
    records: Mapping[str, Record]
    traces: tuple[Trace, ...] = ()
    damaged: tuple[str, ...] = ()


def read_results(folder: Path) -> Results:
    """Return the results in `folder`, with the folder's name.

    Raises DataError if there is no run, and ResultsError if a damaged file cannot be put aside.
    """
    plan = read_plan(folder)
    before = RunFolder(folder).damaged_files()
    try:
        records = read_records(folder, plan.cells)
        traces = tuple(read_traces(folder, plan.traces))
    except OSError as error:
        raise ResultsError(f"cannot read the records in {folder}: {error.strerror or error}") from error
    damaged = tuple(sorted(RunFolder(folder).damaged_files() - before))
    return Results(name=folder.resolve().name, plan=plan, records=records, traces=traces, damaged=damaged)


def write_results(folder: Path, results: Results) -> None:
    """Write plan, records and traces to `folder`, as a run does.

    Raises SuiteError if the folder holds an unmerged run, and ResultsError if it cannot be written.
    """
    if RunFolder(folder).plan.exists() and "merged" not in read_plan(folder).provenance:
        raise SuiteError(f"{folder} holds a run; expected a new folder, or one that holds merged runs")
    try:
        RunFolder(folder).create()
        for record in results.records.values():
            write_record(folder, record)
        for trace in results.traces:
            write_trace(folder, trace)
        write_plan(folder, results.plan)
    except OSError as error:
        raise ResultsError(f"cannot write results to {folder}: {error.strerror or error}") from error
