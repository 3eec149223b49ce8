"""The line about records that a run found in its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genbench.cli.run import describe_kept_records
from genbench.results.results import Results
from genbench.runs.api import Run
from genbench.runs.prepare import Order
from genbench.store.environment import describe_machine, read_library_versions


@pytest.fixture
def line_of(run_of):
    """Return a function that gives the line of a run with three cells, of which some were computed.

    elsewhere  changes of the machine and of the libraries in the records of the first seeds
    """

    def line(computed, *elsewhere, quiet=False):
        plan, records = run_of({"vae": {"m": [1.0, 2.0, "error"]}})
        keys = [cell.key for cell in plan.cells]
        changes = [*elsewhere, *[{}] * (len(keys) - len(elsewhere))]
        found = {
            key: replace(records[key], environment={
                "machine": describe_machine(1, "cpu") | {"instructions": "AVX2"} | change.get("machine", {}),
                "libraries": read_library_versions() | change.get("libraries", {}),
            })
            for key, change in zip(keys, changes, strict=True)
        }  # fmt: skip
        results = Results(name="x", plan=plan, records=found)
        done = frozenset(keys[number] for number in computed)
        run = Run(folder=Path(), files=(), results=results, order=Order(suite="x"), computed=done)
        return describe_kept_records(run, quiet=quiet)

    return line


def test_a_new_folder_has_no_line(line_of):
    assert line_of([0, 1, 2]) == ""


@pytest.mark.parametrize(
    ("computed", "line"),
    [
        ([], "3 records kept, 0 computed"),
        ([2], "2 records kept, 1 computed"),
        ([0, 2], "1 record kept, 2 computed"),
    ],
)
def test_records_that_were_there_are_counted(line_of, computed, line):
    assert line_of(computed) == line


def test_records_of_another_environment_are_counted_with_what_differs(line_of):
    xeon, old = {"machine": {"cpu": "Intel Xeon"}}, {"libraries": {"numpy": "1.0"}}
    cpu, numpy = describe_machine(1, "cpu")["cpu"], read_library_versions()["numpy"]
    assert line_of([2], xeon, xeon | old) == (
        "2 records kept, 1 computed; 2 records made on another machine or with other versions: "
        f"cpu was Intel Xeon, is {cpu}; numpy was 1.0, is {numpy}"
    )
    assert line_of([0], xeon) == "2 records kept, 1 computed"


def test_a_quiet_run_warns_of_records_of_another_environment_alone(line_of):
    xeon, cpu = {"machine": {"cpu": "Intel Xeon"}}, describe_machine(1, "cpu")["cpu"]
    assert line_of([2], xeon, quiet=True) == (
        f"Warning: kept 1 record made on another machine or with other versions: cpu was Intel Xeon, is {cpu}"
    )
    assert line_of([0], xeon, quiet=True) == line_of([2], quiet=True) == line_of([0, 1, 2], quiet=True) == ""
