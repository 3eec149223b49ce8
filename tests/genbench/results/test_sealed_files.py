"""A results folder that somebody made up: it names no file outside, and nothing that a page would obey."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.core.errors import DataError, ResultsError
from genbench.files.sealed import Schema, read_sealed, write_sealed
from genbench.results.records import (
    check_provenance,
    read_plan,
    read_records,
    read_traces,
    write_plan,
    write_record,
    write_trace,
)

PLAN, RECORD, TRACE = Schema("genbench-run", 1), Schema("genbench-record", 1), Schema("genbench-trace", 1)


@pytest.fixture
def folder(tmp_path, run_of, trace_of):
    """Return the folder of a run with one cell, as it should be, beside a file that is nobody's business."""
    folder = tmp_path / "run"
    for name in ("records", "traces"):
        (folder / name).mkdir(parents=True)
    plan, records = run_of({"vae": {"fid": [1.5]}})
    trace = trace_of("vae", 0, history=({"step": 1, "total": 2, "loss": 0.5},), seconds={"fit": 1.0})
    write_plan(folder, type(plan)(**(vars(plan) | {"traces": (trace.key,)})))
    write_record(folder, *records.values())
    write_trace(folder, trace)
    (tmp_path / "private.json").write_text("{}")
    return folder


def resealed(path, schema, change):
    """Write a sealed file anew, whole, with its body changed."""
    body = read_sealed(path, schema)
    write_sealed(path, schema, change(body) or body)


def cell(**fields):
    return lambda body: body["cells"][0].update(fields)


def another(**fields):
    return lambda body: body["cells"].append(body["cells"][0] | fields)


def provenance(**fields):
    return lambda body: body["provenance"].update(fields)


PLANS = {
    "a key that is a path": (cell(key="../../private"), "key"),
    "a key that is absolute": (cell(key="/etc/passwd"), "key"),
    "a trace's key that is a path": (lambda body: body["traces"].append("../../private"), "traces.1 cannot"),
    "a name with markup": (cell(generator="<img src=x>"), "generator"),
    "a name with a bar": (cell(dataset="a | b"), "dataset"),
    "a name that is a formula": (cell(metric="=cmd()"), "metric"),
    "a name that steers": (cell(generator="a\x1b[2J"), "generator"),
    "a name that turns about": (cell(generator="a\u202eb"), "generator"),
    "an endless name": (cell(generator="a" * 10_000), "generator"),
    "a name that is a number": (cell(generator=7), "generator"),
    "a seed that is a text": (cell(seed="0"), "seed"),
    "a seed that is a truth": (cell(seed=True), "seed"),
    "a seed beyond all columns": (cell(seed=2**63), "seed"),
    "a negative n": (cell(n=-1), "n cannot"),
    "an unknown direction": (cell(direction="up"), "direction"),
    "an unknown role": (cell(control="top"), "control"),
    "a control without a role": (cell(control=True), "control"),
    "an unknown field": (cell(unknown=1), "unknown"),
    "a signature that is not there": (cell(signature="a0000000"), "signature cannot"),
    "no cells": (lambda body: body.pop("cells") and None, "cells"),
    "cells that are none": (lambda body: body.update(cells=[1]), "cells.0 cannot"),
    "a name of a column": (cell(metric="rank"), "metric"),
    "a name of a part of a column": (cell(metric="fid:low"), "metric"),
    "a name that a spreadsheet misreads": (cell(generator="nan"), "generator"),
    "a run's name with markup": (cell(generator="vae@<b>"), "generator"),
    "a plugin on two lines": (cell(plugin="a\nb"), "plugin"),
    "no fakes": (cell(n=0), "n cannot"),
    "a target without a best": (cell(direction="target", best=None), "best is null"),
    "a best beyond all intervals": (cell(best=1e200), "best"),
    "two directions": (
        another(key="0" * 64, seed=1, direction="higher"),
        'direction of fid .* is "lower" and "higher"',
    ),
    "two roles": (
        another(key="0" * 64, seed=1, control="floor"),
        'control of digits vae .* is null and "floor"',
    ),
    "another n than the signature's": (cell(n=50000), "n cannot be 50000 where the signature has n 599"),
    "a signature under another name": (
        lambda body: body["signatures"].update(a0000000={"n": 1}),
        "signatures cannot",
    ),
    "a signature that is a list": (
        lambda body: body.update(signatures={"a0000000": []}),
        "signatures.a0000000 cannot",
    ),
    "a title with markup": (provenance(name="<script>"), "name cannot"),
    "a title that is a heading": (provenance(name="a\n# b"), "name cannot"),
    "differences that are none": (provenance(differences=None), "differences"),
    "differences that are numbers": (provenance(differences=[1]), "differences"),
    "generators instead that are texts": (provenance(instead=["vae"]), "instead"),
    "threads that are a text": (provenance(machine={"threads": "1"}), "threads"),
    "a plan that is a list": (lambda body: ["x"], "it cannot"),
    "a cell that is listed twice": (another(key="0" * 64), "digits vae seed 0 fid is listed twice"),
    "a record of two cells": (
        another(generator="gan"),
        "digits vae seed 0 fid and digits gan seed 0 fid have the same record",
    ),
    "provenance that is none": (lambda body: body.update(provenance=5), "provenance cannot"),
}


PLANS |= {f"a name with {mark}": (cell(generator=f"a{mark}b"), "generator") for mark in "<>|`\\*\"'"}


@pytest.mark.parametrize("name", PLANS)
def test_a_made_up_plan_is_one_line(name, folder):
    change, message = PLANS[name]
    resealed(folder / "run.json", PLAN, change)
    with pytest.raises(DataError, match=rf"run\.json holds no plan of a run: .*{message}") as caught:
        read_plan(folder)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    shown = CliRunner().invoke(main, ["leaderboard", str(folder)])
    assert shown.exit_code == DataError.exit_code
    assert shown.stderr.startswith("Error: ")
    assert shown.stderr.count("\n") == 1
    assert (folder.parent / "private.json").exists()


RECORDS = {
    "an unknown status": {"status": "won"},
    "a value that is a text": {"value": "1.5"},
    "a reason that is a number": {"reason": 3},
    "an extra that is a list": {"extra": []},
    "an unknown field": {"unknown": 1},
    "a cell that is none": {"cell": None},
    "an ok record without a value": {"value": None},
    "a value beyond all intervals": {"value": 1e200},
    "a failure with a value": {"status": "error"},
    "an integer beyond all floats": {"extra": {"a": [10**400]}},
    "libraries that are a list": {"environment": {"libraries": []}},
    "samples that are a text": {"samples": "many"},
    "a provisional number": {"provisional": 1},
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_made_up_record_is_put_aside(name, folder):
    plan = read_plan(folder)
    (path,) = (folder / "records").iterdir()
    resealed(path, RECORD, lambda body: body | RECORDS[name])
    assert read_records(folder, plan.cells) == {}
    assert (folder / "damaged" / path.name).exists()


TRACES = {
    "a history that is none": {"history": [1]},
    "a step that is a text": {"history": [{"step": "1", "total": 2}]},
    "seconds that are texts": {"seconds": {"fit": "long"}},
    "a name with markup": {"generator": "<b>"},
    "an unknown field": {"unknown": 1},
    "a step with a text": {"history": [{"step": 1, "total": 2, "loss": "=cmd()"}]},
    "a step with a name that UTF-8 cannot hold": {"history": [{"step": 1, "total": 2, "\ud800": 1}]},
}


@pytest.mark.parametrize("name", TRACES)
def test_a_made_up_trace_is_put_aside(name, folder):
    plan = read_plan(folder)
    (path,) = (folder / "traces").iterdir()
    resealed(path, TRACE, lambda body: body | TRACES[name])
    assert read_traces(folder, plan.traces) == []
    assert (folder / "damaged" / path.name).exists()


@pytest.mark.parametrize("place", ["run.json", "records", "traces"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(place, folder):
    path = folder / place
    path = next(path.iterdir()) if path.is_dir() else path
    path.unlink()
    os.mkfifo(path)
    shown = CliRunner().invoke(main, ["leaderboard", str(folder)])
    assert shown.exit_code in (DataError.exit_code, ResultsError.exit_code)
    assert "it is no regular file" in shown.stderr
    assert shown.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["records", "traces", "damaged", "samples"])
@pytest.mark.parametrize("command", [("leaderboard",), ("verify",), ("compare", "vae", "gan")])
def test_nothing_is_moved_through_a_folder_that_is_a_link(name, command, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (folder / name).mkdir(exist_ok=True)
    (folder / name).rename(elsewhere)
    (folder / name).symlink_to(elsewhere)
    for path in folder.glob("*/*.json"):
        path.write_text("damaged")
    before = sorted(elsewhere.iterdir())
    shown = CliRunner().invoke(main, [command[0], str(folder), *command[1:]])
    assert shown.exit_code == DataError.exit_code
    assert (
        shown.stderr
        == f"Error: {folder / name} is a link, which genbench does not follow; expected a folder\n"
    )
    assert sorted(elsewhere.iterdir()) == before


def test_what_is_as_it_should_be_is_read(folder):
    plan = read_plan(folder)
    assert len(read_records(folder, plan.cells)) == len(read_traces(folder, plan.traces)) == 1
    assert json.loads(json.dumps(asdict(plan.cells[0])))["generator"] == "vae"
    assert not (folder / "damaged").exists()


@pytest.mark.parametrize(
    "provenance",
    [
        {"datasets": {"digits": {"shared_splits": [["test"]]}}},
        {"datasets": {"digits": {"shared_splits": [["test", "<b>"]]}}},
        {"datasets": {"digits": 7}},
        {"datasets": {"digits": {"options": 7}}},
        {"generators": {}},
        {"generators": [{"name": "gan"}]},
        {"generators": [{"name": "<b>", "options": {}}]},
        {"merged": {}, "sources": {"mine": 7}},
        {"merged": {}, "same_samples": [["a", "b"]]},
        {"merged": {}, "same_samples": {"digits": ["a", "b"]}},
        {"merged": {}, "same_samples": {"digits": [["a"]]}},
        {"merged": {}, "same_samples": {"digits": [["a", "<b>"]]}},
        {"same_samples": {}},
        {"sources": {"mine": "a/b"}},
        {"differences": []},
        {"merged": {"mine": {"differences": ["n is 1 in mine"]}}},
        {"merged": {"mine": 7}},
        {"unverified": True},
        {"unverified": False},
        {"merged": {}, "unverified": True},
        {"merged": {"theirs": {"unverified": "yes"}}},
        {"merged": {"mine": {"datasets": {"digits": {"shared_splits": 7}}}}},
    ],
)
def test_a_provenance_that_boards_cannot_show_is_refused(provenance):
    with pytest.raises((ValueError, TypeError)):
        check_provenance(provenance)


def test_a_csv_file_among_merged_runs_is_valid():
    check_provenance({"merged": {"theirs": {"name": "csv", "unverified": True}}})


@pytest.mark.parametrize("n", [{}, {"digits": 0}, {"digits": True}, {"<b>": 5}, {"digits": {"a": 1}}, [5]])
def test_n_of_a_provenance_is_a_number_or_one_for_each_dataset(n):
    check_provenance({"n": 5})
    check_provenance({"n": {"digits": 5, "wine": 6}})
    with pytest.raises((ValueError, TypeError)):
        check_provenance({"n": n})


def test_a_provenance_with_shared_splits_and_sources_is_valid():
    check_provenance(
        {
            "datasets": {"digits": {"shared_splits": [["test", "train"]]}},
            "generators": [{"name": "gan@mine", "options": {}}],
            "sources": {"mine": "a/b"},
            "merged": {},
            "differences": ["digits: n is 1 in mine"],
            "same_samples": {"digits": [["gan@mine", "gan@mine-2"]]},
        }
    )
