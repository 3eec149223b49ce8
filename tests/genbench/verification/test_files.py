from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from dataclasses import replace

import pytest

from genbench.board.report import write_board
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError
from genbench.files.sealed import NewerError, Schema, write_sealed
from genbench.results.records import read_plan, write_plan, write_record, write_trace
from genbench.verification.files import inspect_run

TABLE = {
    "vae": {"fid": [1.25, 2.5], "recall": [0.5, 0.75]},
    "gan": {"fid": [3.5, "error"], "recall": [0.1, 0.2]},
}


@pytest.fixture
def folder(tmp_path, run_of, trace_of):
    """Return the folder of a run that is whole."""
    home = tmp_path / "out"
    for name in ("records", "traces"):
        (home / name).mkdir(parents=True)
    plan, records = run_of(TABLE)
    trace = trace_of("vae", 0)
    plan = type(plan)(cells=plan.cells, traces=(trace.key,), provenance=plan.provenance)
    for record in records.values():
        write_record(home, record)
    write_trace(home, trace)
    write_plan(home, plan)
    write_board(home, plan, records, [trace])
    return home


def inspected(folder):
    """Return the intact results of a folder, and its faults as texts."""
    results, faults = inspect_run(folder)
    return results, [str(fault) for fault in faults]


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def reseal(path, **changes):
    """Change a sealed file's body as a forger would, with a seal that fits."""
    outer = json.loads(path.read_text())
    outer["body"] |= changes
    outer["sha256"] = digest(outer["body"])
    path.write_text(canonical(outer))


def record_of(folder, **of):
    """Return the file of the record of a cell."""
    for path in (folder / "records").iterdir():
        cell = json.loads(path.read_text())["body"]["cell"]
        if all(cell[name] == value for name, value in of.items()):
            return path
    raise AssertionError(of)


def tree(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_record_whose_own_cell_is_not_the_plans_is_a_fault_but_in_merged_runs(folder):
    path = record_of(folder, generator="gan", metric="fid", seed=0)
    cell = json.loads(path.read_text())["body"]["cell"]
    reseal(path, cell=cell | {"generator": "gpt-9", "dataset": "imagenet"})
    _, faults = inspected(folder)
    assert faults == [f'records/{path.name}: dataset is "imagenet" in the record, "digits" in run.json']
    plan = read_plan(folder)
    merged = replace(plan, provenance={**plan.provenance, "merged": {}})
    write_plan(folder, merged)
    assert inspected(folder)[1] == []


def test_a_folder_that_is_whole_has_no_fault(folder):
    results, faults = inspected(folder)
    assert faults == []
    assert len(results.records) == 8
    assert len(results.traces) == 1


def test_a_digit_changed_in_scores_csv_is_found_with_line_column_and_both_numbers(folder):
    edit(folder / "scores.csv", "1.25", "1.24")
    expected = "scores.csv line 6: value is '1.24', the records say '1.25'"
    assert inspected(folder)[1] == [expected]


def test_a_digit_changed_in_leaderboard_csv_is_found(folder):
    edit(folder / "leaderboard.csv", "1.875", "1.775")
    expected = "leaderboard.csv line 3: fid is '1.775', the records say '1.875'"
    assert inspected(folder)[1] == [expected]


def test_a_type_changed_in_the_description_of_the_csvs_is_found(folder):
    edit(folder / "datapackage.json", '"type": "integer"', '"type": "string"')
    _, (fault, *_) = inspected(folder)
    assert fault.startswith("datapackage.json line ")


def test_a_digit_changed_in_leaderboard_md_is_found(folder):
    edit(folder / "leaderboard.md", "1.875", "1.775")
    ((fault),) = inspected(folder)[1]
    assert fault.startswith("leaderboard.md line ")
    assert "1.775" in fault.partition(", the records say ")[0]
    assert "1.875" in fault.partition(", the records say ")[2]


def test_a_value_where_there_is_none_is_found(folder):
    edit(folder / "scores.csv", "fid,,,,error", "fid,9.0,,,error")
    assert inspected(folder)[1] == ["scores.csv line 4: value is '9.0', the records say nothing"]


def test_a_line_that_was_removed_or_added_is_one_fault(folder):
    lines = (folder / "scores.csv").read_text().splitlines(keepends=True)
    (folder / "scores.csv").write_text("".join(lines[:3] + lines[4:]))
    (fault,) = inspected(folder)[1]
    assert fault.startswith("scores.csv line 4: is missing: 'digits,gan,1,fid,")
    (folder / "scores.csv").write_text("".join([*lines[:3], "digits,best,0,fid,0.0\n", *lines[3:]]))
    assert inspected(folder)[1] == ["scores.csv line 4: is one too many: 'digits,best,0,fid,0.0'"]


def test_a_line_that_was_added_hides_no_change_further_below(folder):
    edit(folder / "scores.csv", "fid,,,,error", "fid,9.0,,,error")
    lines = (folder / "scores.csv").read_text().splitlines(keepends=True)
    (folder / "scores.csv").write_text("".join([lines[0], "\n", *lines[1:]]))
    assert inspected(folder)[1] == [
        "scores.csv line 2: is one too many: an empty line",
        "scores.csv line 5: value is '9.0', the records say nothing",
    ]


def test_line_ends_that_were_changed_are_one_fault(folder):
    path = folder / "leaderboard.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert inspected(folder)[1] == ["leaderboard.csv: its lines end in CR LF, expected LF alone"]


def test_bytes_that_are_no_text_are_found(folder):
    path = folder / "leaderboard.csv"
    path.write_bytes(path.read_bytes().replace(b"vae", b"v\xffe"))
    assert "generator is 'v\\\\xffe', the records say 'vae'" in inspected(folder)[1][0]


def test_a_derived_file_that_is_not_there_is_a_fault(folder):
    (folder / "scores.csv").unlink()
    assert inspected(folder)[1] == ["scores.csv: cannot be read: No such file or directory"]


def make_pipe(path):
    os.mkfifo(path)


def make_device(path):
    path.symlink_to("/dev/zero")


def make_sparse(path):
    with path.open("wb") as file:
        file.truncate(40 * 2**30)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_pipe, "it is no regular file"),
        (make_device, "it is no regular file"),
        (make_sparse, r"it has 42,949,672,960 bytes, and at most [\d,]+ are read"),
    ],
)
@pytest.mark.parametrize("name", ["leaderboard.csv", "scores.csv", "leaderboard.md", "datapackage.json"])
def test_a_derived_file_that_has_no_end_is_a_fault(folder, name, make, reason):
    (folder / name).unlink()
    make(folder / name)
    _, (fault,) = inspected(folder)
    assert re.fullmatch(f"{name}: cannot be read: {reason}", fault)


@pytest.mark.parametrize("make", [make_pipe, make_device, make_sparse])
def test_a_run_json_that_has_no_end_is_refused(folder, make):
    (folder / "run.json").unlink()
    make(folder / "run.json")
    with contextlib.suppress(DataError):
        results, (fault,) = inspected(folder)
        assert results is None
        assert fault.startswith("run.json: cannot be read: it has 42,949,672,960 bytes")


def test_a_digit_changed_in_a_record_breaks_its_seal_and_nothing_is_moved(folder):
    path = record_of(folder, generator="vae", seed=0, metric="fid")
    edit(path, "1.25", "1.24")
    before = tree(folder)
    results, faults = inspected(folder)
    assert faults[0].startswith(f"records/{path.name}: the seal of digits vae seed 0 fid is broken")
    assert path.stem not in results.records
    assert tree(folder) == before


def test_an_intact_record_that_run_json_does_not_list_is_no_fault_and_a_damaged_one_is(folder):
    path = folder / "records" / f"{'0' * 64}.json"
    record = record_of(folder, generator="vae", seed=0, metric="fid")
    cell = json.loads(record.read_text())["body"]["cell"]
    path.write_bytes(record.read_bytes())
    (fault,) = inspected(folder)[1]
    assert fault.startswith(f"records/{path.name}: the seal is broken: the file was edited or damaged")
    assert fault.endswith("; run.json does not list it")
    reseal(path, cell=cell | {"key": path.stem})
    assert inspected(folder)[1] == []
    edit(path, "1.25", "1.24")
    assert len(inspected(folder)[1]) == 1
    path.unlink()
    os.mkfifo(path)
    assert len(inspected(folder)[1]) == 1


def test_a_folder_in_place_of_a_record_is_a_fault(folder):
    path = record_of(folder, generator="vae", seed=0, metric="fid")
    path.unlink()
    path.mkdir()
    assert inspected(folder)[1][0].startswith(f"records/{path.name}: the seal of digits vae seed 0 fid")


def test_a_record_under_another_ones_name_is_a_fault(folder):
    path = record_of(folder, generator="vae", seed=0, metric="fid")
    path.write_bytes(record_of(folder, generator="vae", seed=1, metric="fid").read_bytes())
    assert inspected(folder)[1][0].startswith(f"records/{path.name}: the seal of digits vae seed 0 fid")


def test_a_trace_whose_seal_is_broken_is_a_fault(folder):
    (path,) = (folder / "traces").iterdir()
    edit(path, '"seed":0', '"seed":1')
    assert inspected(folder)[1][0].startswith(f"traces/{path.name}: the seal is broken")


def test_a_forged_record_with_a_fitting_seal_is_at_odds_with_the_derived_files(folder):
    reseal(record_of(folder, generator="vae", seed=0, metric="fid"), value=0.25)
    faults = inspected(folder)[1]
    assert faults[0].startswith("leaderboard.csv line 3: fid is '1.875', the records say '1.375'; fid:low")
    assert "scores.csv line 6: value is '1.25', the records say '0.25'" in faults
    assert {fault.partition(" ")[0] for fault in faults} == {
        "leaderboard.csv", "scores.csv", "leaderboard.md",
    }  # fmt: skip


@pytest.mark.parametrize("changes", [{"value": "1.25"}, {"status": "fine"}, {"value": True}])
def test_a_record_that_nothing_could_have_written_is_a_fault(folder, changes):
    path = record_of(folder, generator="vae", seed=0, metric="fid")
    reseal(path, **changes)
    results, faults = inspected(folder)
    expected = f"records/{path.name}: the seal of digits vae seed 0 fid is broken: the file was edited"
    assert faults[0].startswith(expected)
    assert path.stem not in results.records


def test_a_run_json_whose_seal_is_broken_is_a_fault_and_nothing_else_is_read(folder):
    edit(folder / "run.json", "vae", "vaf")
    results, faults = inspected(folder)
    assert results is None
    assert faults[0].startswith("run.json: its content does not match its seal")


def test_a_run_json_of_a_newer_genbench_is_refused(folder):
    write_sealed(
        folder / "run.json", Schema("genbench-run", 2), json.loads((folder / "run.json").read_text())["body"]
    )
    with pytest.raises(NewerError, match=r"run\.json was written by a newer genbench; upgrade genbench"):
        inspected(folder)


def test_a_run_json_that_names_files_elsewhere_is_not_followed(folder, tmp_path):
    (tmp_path / "elsewhere.json").write_text("{}")
    cells = json.loads((folder / "run.json").read_text())["body"]["cells"]
    reseal(folder / "run.json", cells=[cell | {"key": "../../elsewhere"} for cell in cells])
    results, faults = inspected(folder)
    assert results is None
    assert faults == ["run.json: holds no plan of a run: key cannot be '../../elsewhere'"]
    assert (tmp_path / "elsewhere.json").is_file()


def test_a_run_json_that_lacks_fields_is_a_fault(folder):
    reseal(folder / "run.json", cells=[{"key": "x", "signature": "none"}])
    results, faults = inspected(folder)
    assert (results, len(faults)) == (None, 1)


def test_a_folder_without_records_says_so(folder):
    shutil.rmtree(folder / "records")
    results, faults = inspected(folder)
    assert faults == ["records: is missing, so no number can be traced to how it was made"]
    assert results.records == {}


def test_a_folder_that_holds_no_run_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json"):
        inspected(tmp_path)
