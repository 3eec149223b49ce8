"""Results of a run, read from and written to its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genbench.core.errors import ResultsError, SuiteError
from genbench.results.folder import RunFolder, put_aside, report_write_errors
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

__all__ = ["Results", "read_results", "renew_records", "write_results"]


@dataclass(frozen=True, kw_only=True)
class Results:
    """The plan, records and traces of a run.

    name     the run's name beside other runs
    records  by the key of their cells
    damaged  the paths of damaged records and traces after reading, relative to the folder
    outdated  by key, how the cell in a record differs from the plan's, in words: the record was made under
              another id of its generator or metric, or is forged
    source   the folder as it was named, or ""
    """

    name: str
    plan: Plan
    records: Mapping[str, Record]
    traces: tuple[Trace, ...] = ()
    damaged: tuple[str, ...] = ()
    outdated: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def read_results(folder: Path, *, read_only: bool = False) -> Results:
    """Return the results in `folder`, with the folder's name.

    read_only  leave damaged files in their folders, instead of moving them to <run>/damaged/

    Raises DataError if there is no run, or if one of its folders is a link, which could lead to files of
    others; and ResultsError if files cannot be read or put aside.
    """
    plan = read_plan(folder)
    RunFolder(folder).refuse_links()
    damaged: list[Path] = []
    outdated: dict[str, str] = {}

    def on_damage(path: Path) -> None:
        """Note a damaged file, which is moved to <run>/damaged/ unless the results are only read."""
        damaged.append(path if read_only else put_aside(path))

    try:
        # `__setitem__` stores the difference of a record's cell by its key
        records = read_records(folder, plan.cells, on_damage, outdated.__setitem__)
        traces = tuple(read_traces(folder, plan.traces, on_damage))
    except OSError as error:
        raise ResultsError(
            f"cannot read the records in {folder}: {error.strerror or error}; make them readable"
        ) from error
    return Results(
        name=folder.resolve().name,
        plan=plan,
        records=records,
        traces=traces,
        damaged=tuple(sorted(path.relative_to(folder).as_posix() for path in damaged)),
        outdated=outdated,
        source=folder.as_posix(),
    )


def write_results(folder: Path, results: Results) -> None:
    """Write the plan, records and traces of results, such as those of a merge, to `folder`, as a run does.

    Raises SuiteError if the folder holds a run that is not merged, whose results must stay, and ResultsError
    if it cannot be written.
    """
    if RunFolder(folder).plan.exists() and "merged" not in read_plan(folder).provenance:
        raise SuiteError(f"{folder} holds a run; expected a new folder, or one that holds merged runs")
    with report_write_errors(folder):
        RunFolder(folder).create()
    for record in results.records.values():
        write_record(folder, record)
    for trace in results.traces:
        write_trace(folder, trace)
    write_plan(folder, results.plan)


def renew_records(folder: Path, results: Results) -> None:
    """Write the outdated records, whose cells in their files differ from the plan's, with the plan's cells.

    They were made under another id of their generator or metric. `read_results` has put the plan's cells into
    them. Raises ResultsError if they cannot be written.
    """
    for key in results.outdated:
        write_record(folder, results.records[key])
