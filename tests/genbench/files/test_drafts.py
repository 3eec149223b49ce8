"""Drafts that killed processes left behind."""

from __future__ import annotations

import os
import time

import pytest

from genbench.files.sealed import delete, draft_name, drafts_in, is_stale, sweep

DAY = 24 * 3600


def draft(folder, *, age):
    path = folder / draft_name("record.json")
    path.write_text("half")
    when = time.time() - age
    os.utime(path, (when, when))
    return path


def test_drafts_are_known_by_their_names_and_nothing_else_is(tmp_path):
    mine = draft(tmp_path, age=0)
    for name in ("record.json", ".hidden", ".record.json.tmp", "x.1-00000000.tmp", ".x.1-0.tmp"):
        (tmp_path / name).touch()
    assert drafts_in(tmp_path) == [mine]
    assert drafts_in(tmp_path / "none") == []
    assert draft_name("record.json") != draft_name("record.json")


def test_only_drafts_older_than_a_day_are_swept(tmp_path):
    old, young = draft(tmp_path, age=DAY + 60), draft(tmp_path, age=DAY - 600)
    (tmp_path / "record.json").touch()
    os.utime(tmp_path / "record.json", (0, 0))
    assert sweep([tmp_path, tmp_path / "none"]) == [old]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([young.name, "record.json"])


def test_a_draft_that_the_clock_says_comes_from_later_is_left(tmp_path):
    assert not is_stale(draft(tmp_path, age=-10 * DAY))


def test_a_folder_in_which_something_was_written_lately_is_young(tmp_path):
    folder = tmp_path / draft_name("key")
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "data.npy").write_text("half")
    for path in (folder / "files", folder):
        os.utime(path, (0, 0))
    assert not is_stale(folder)
    os.utime(folder / "files" / "data.npy", (0, 0))
    assert is_stale(folder)
    assert sweep([tmp_path]) == [folder]
    assert not folder.exists()


def test_age_is_told_by_the_clock_of_the_file_system_and_not_by_ours(tmp_path, monkeypatch):
    path = draft(tmp_path, age=60)
    monkeypatch.setattr("time.time", lambda: 2.0**34)
    assert not is_stale(path)


def test_what_is_gone_is_not_stale(tmp_path):
    assert not is_stale(tmp_path / draft_name("gone"))


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_deleting_takes_a_file_a_folder_or_a_link_and_not_what_it_leads_to(tmp_path, kind):
    target = tmp_path / "target"
    target.mkdir()
    (target / "kept").touch()
    victim = tmp_path / "victim"
    if kind == "file":
        victim.touch()
    elif kind == "folder":
        (victim / "inner").mkdir(parents=True)
    else:
        victim.symlink_to(target)
    delete(victim)
    delete(victim)
    assert not os.path.lexists(victim)
    assert (target / "kept").exists()
