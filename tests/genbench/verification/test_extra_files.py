"""Files of a run's folder that no board is made from."""

from __future__ import annotations

import os

import pytest

from genbench.results.records import write_plan, write_record
from genbench.results.results import read_results
from genbench.verification.files import find_unlisted, list_unverified_paths

TABLE = {"vae": {"fid": [1.25, 2.5]}}


@pytest.fixture
def folder(tmp_path, run_of):
    """Return the folder of a run with everything that genbench writes there."""
    home = tmp_path / "out"
    for name in ("records", "traces", "logs", "samples", "damaged"):
        (home / name).mkdir(parents=True)
    plan, records = run_of(TABLE)
    for record in records.values():
        write_record(home, record)
    write_plan(home, plan)
    board = ("leaderboard.csv", "scores.csv", "leaderboard.md", "datapackage.json", "timings.csv")
    for name in (*board, "history.csv", ".run.json.12-0123abcd.tmp"):
        (home / name).write_text("")
    return home


def test_what_genbench_writes_is_not_foreign(folder):
    assert list_unverified_paths(folder) == ()
    assert find_unlisted(folder, read_results(folder).plan) == ()


def test_other_names_at_the_top_and_among_the_records_are_foreign(folder):
    for name in ("README.md", "leaderboard.html", "scores-final.csv", "records/notes.txt", "logs/run.txt"):
        (folder / name).write_text("")
    (folder / "plots").mkdir()
    (folder / "link").symlink_to(folder / "records")
    assert list_unverified_paths(folder) == (
        "README.md", "leaderboard.html", "link", "plots/", "scores-final.csv", "records/notes.txt",
    )  # fmt: skip


def test_names_that_utf_8_cannot_encode_are_escaped(folder):
    (folder / os.fsdecode(b"a\xff")).write_text("")
    assert list_unverified_paths(folder) == ("a\\udcff",)


def test_a_folder_without_records_has_none_that_are_unlisted(tmp_path, folder):
    plan = read_results(folder).plan
    assert (list_unverified_paths(tmp_path / "none"), find_unlisted(tmp_path / "none", plan)) == ((), ())


def test_records_that_the_plan_does_not_list_are_named_whatever_they_contain(folder):
    plan = read_results(folder).plan
    (folder / "records" / f"{'0' * 64}.json").write_text("garbage")
    left = type(plan)(cells=plan.cells[1:], traces=plan.traces, provenance=plan.provenance)
    names = [path.name for path in find_unlisted(folder, left)]
    assert names == sorted([f"{'0' * 64}.json", f"{plan.cells[0].key}.json"])
    assert list_unverified_paths(folder) == ()
