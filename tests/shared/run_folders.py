"""Folders of runs that `run_of` makes."""

from __future__ import annotations

from genbench.results.records import write_plan, write_record


def write_run(folder, run):
    """Write a plan and its records to a folder; return the folder."""
    plan, records = run
    (folder / "records").mkdir(parents=True)
    write_plan(folder, plan)
    for record in records.values():
        write_record(folder, record)
    return folder
