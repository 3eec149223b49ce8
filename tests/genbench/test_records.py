"""The plan, records and traces of a run: written, read, and put aside when damaged."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from genbench.canonical import digest
from genbench.errors import DataError
from genbench.frames import scores_frame
from genbench.records import (
    read_plan,
    read_records,
    read_traces,
    short_signature,
    write_plan,
    write_record,
    write_trace,
)


@pytest.fixture
def folder(tmp_path):
    for name in ("records", "traces"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def run(run_of, folder):
    plan, records = run_of({"vae": {"fid": [1.5, "error"], "recall": [0.25, None]}})
    write_plan(folder, plan)
    for record in records.values():
        write_record(folder, record)
    return plan, records


def test_a_plan_is_read_as_it_was_written(run, folder):
    assert read_plan(folder) == run[0]


def test_signatures_stand_in_the_plan_once_each(run, folder):
    text = (folder / "run.json").read_text()
    assert text.count('"split":"test"') == 2
    assert len(run[0].cells) == 4


def test_a_folder_without_a_plan_is_named(tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json; expected the output folder of a run"):
        read_plan(tmp_path)


def test_a_damaged_plan_is_named_with_what_to_do(run, folder):
    path = folder / "run.json"
    path.write_text(path.read_text().replace("vae", "vaf"))
    with pytest.raises(DataError, match=r"run\.json: its content does not match.*run the suite again"):
        read_plan(folder)


def test_records_are_read_as_they_were_written(run, folder):
    plan, records = run
    assert read_records(folder, plan.cells) == records


def test_a_record_takes_the_cell_of_the_plan_that_asks_for_it(run, folder):
    cells = tuple(replace(cell, generator="renamed") for cell in run[0].cells)
    assert {record.cell.generator for record in read_records(folder, cells).values()} == {"renamed"}


def test_a_damaged_record_is_put_aside_and_its_cell_is_missing(run, folder):
    plan, _ = run
    path = folder / "records" / f"{plan.cells[0].key}.json"
    path.write_text(path.read_text().replace("1.5", "0.5"))
    found = read_records(folder, plan.cells)
    assert plan.cells[0].key not in found
    assert not path.exists()
    assert (folder / "damaged" / path.name).exists()
    assert list(scores_frame(plan, found)["status"]) == ["missing", "ok", "error", "missing"]


def test_a_trace_is_read_as_it_was_written(trace_of, folder):
    trace = trace_of("vae", 0, history=({"step": 1, "total": 2, "loss": 0.5},), seconds={"fit": 2.5},
                     parameters=10, peak_bytes=2**20)  # fmt: skip
    write_trace(folder, trace)
    assert read_traces(folder, (digest("none"), trace.key)) == [trace]


def test_a_damaged_trace_is_put_aside(trace_of, folder):
    trace = trace_of("vae", 0)
    write_trace(folder, trace)
    (folder / "traces" / f"{trace.key}.json").write_text("{")
    assert read_traces(folder, (trace.key,)) == []
    assert (folder / "damaged" / f"{trace.key}.json").exists()


@pytest.mark.parametrize("number", range(50))
def test_a_short_signature_is_eight_digits_that_begin_with_a_letter(number):
    text = short_signature({"n": number})
    assert re.fullmatch("[a-f][0-9a-f]{7}", text)
    assert text in digest({"n": number})


def test_equal_signatures_have_one_short_form():
    assert short_signature({"a": 1, "b": 2}) == short_signature({"b": 2, "a": 1})
    assert short_signature({"a": 1}) != short_signature({"a": 2})
