"""The results of a run, read and written together."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from genbench.core.errors import DataError, ResultsError, SuiteError
from genbench.results import records as records_module
from genbench.results.records import write_plan, write_record, write_trace
from genbench.results.results import Results, read_results, renew_records, write_results


@pytest.fixture
def results(run_of, trace_of):
    plan, records = run_of({"vae": {"fid": [1.0, 2.0]}, "gan": {"fid": [3.0, None]}})
    trace = trace_of("vae", 0)
    plan = type(plan)(cells=plan.cells, traces=(trace.key,), provenance=plan.provenance)
    return Results(name="out", plan=plan, records=records, traces=(trace,))


@pytest.fixture
def folder(results, tmp_path):
    write_results(tmp_path / "out", results)
    return tmp_path / "out"


def merged(results):
    plan = results.plan
    provenance = {"merged": {"a": {}, "b": {}}}
    plan = type(plan)(cells=plan.cells, traces=plan.traces, provenance=provenance)
    return Results(name="both", plan=plan, records=results.records, traces=results.traces)


def test_what_is_written_is_read_under_the_folders_name(results, folder):
    found = read_results(folder)
    assert found.name == "out"
    assert found.plan == results.plan
    assert found.records == results.records
    assert found.traces == results.traces
    assert found.damaged == ()


def test_a_damaged_record_is_absent_and_named(results, folder):
    key = next(iter(results.records))
    (folder / "records" / f"{key}.json").write_text("{")
    found = read_results(folder)
    assert set(found.records) == set(results.records) - {key}
    assert found.damaged == (f"damaged/{key}.json",)
    assert read_results(folder).damaged == ()


def test_reading_only_leaves_a_damaged_record_in_its_folder(results, folder):
    key = next(iter(results.records))
    (folder / "records" / f"{key}.json").write_text("{")
    for _ in range(2):
        found = read_results(folder, read_only=True)
        assert set(found.records) == set(results.records) - {key}
        assert found.damaged == (f"records/{key}.json",)
    assert not (folder / "damaged").exists()


def test_records_that_were_made_under_another_id_are_named_and_renewed(results, folder):
    cells = tuple(replace(cell, generator=f"{cell.generator}-2") for cell in results.plan.cells)
    write_plan(folder, replace(results.plan, cells=cells))
    found = read_results(folder)
    assert set(found.outdated) == set(results.records)
    assert found.outdated[cells[0].key] == 'generator is "vae" in the record, "vae-2" in run.json'
    renew_records(folder, found)
    renewed = read_results(folder)
    assert renewed.outdated == {}
    assert renewed.records == found.records


def test_records_that_cannot_be_renewed_are_one_line(results, folder, monkeypatch):
    (key, *_) = results.records
    monkeypatch.setattr(records_module, "write_sealed", raise_os_error)
    with pytest.raises(ResultsError, match=r"out cannot be written: No space .*; choose another folder"):
        renew_records(folder, replace(results, outdated={key: "n is 1 in the record, 2 in run.json"}))


def raise_os_error(*arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json"):
        read_results(tmp_path)


def test_a_file_in_place_of_a_folder_is_said_to_be_one(folder):
    with pytest.raises(DataError, match=r"run.json is no folder; expected the output folder of a run"):
        read_results(folder / "run.json")


def test_a_run_is_not_replaced_but_merged_runs_are(results, folder, tmp_path):
    with pytest.raises(SuiteError, match="holds a run; expected a new folder, or one that holds merged runs"):
        write_results(folder, results)
    write_results(tmp_path / "both", merged(results))
    write_results(tmp_path / "both", merged(results))
    assert read_results(tmp_path / "both").plan.provenance == {"merged": {"a": {}, "b": {}}}


def test_a_folder_that_cannot_be_written_is_one_line(results, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match=r"file.out cannot be written: Not a directory"):
        write_results(tmp_path / "file" / "out", results)


def test_records_that_cannot_be_read_are_one_line(results, folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("genbench.results.results.read_records", refuse)
    with pytest.raises(
        ResultsError, match=r"cannot read the records in .*: Permission denied; make them readable"
    ):
        read_results(folder)


def test_files_that_the_plan_does_not_name_are_not_read(results, folder, run_of, trace_of):
    _, others = run_of({"ddpm": {"fid": [9.0]}}, salt="other")
    (other,) = others.values()
    write_record(folder, other)
    write_trace(folder, trace_of("ddpm", 0))
    assert read_results(folder).records == results.records
    assert read_results(folder).traces == results.traces
    write_plan(folder, results.plan)
    assert read_results(folder).plan == results.plan
