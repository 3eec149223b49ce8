"""Sealed files: whole or not at all, and known to be whole when read."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from pathlib import Path

import pytest

from genbench.core.canonical_json import digest
from genbench.files.sealed import (
    DamagedError,
    NewerError,
    Schema,
    delete,
    draft_name,
    drafts_in,
    is_stale,
    read_sealed,
    replace_file,
    sweep,
    write_folder,
    write_sealed,
)

BODY = {"value": 12.25, "reason": "café", "seeds": [0, 1], "extra": {"k": None}}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "record.json"
    write_sealed(path, Schema("test", 1), BODY)
    return path


def test_what_was_written_is_read(file):
    assert read_sealed(file, Schema("test", 1)) == BODY


def test_equal_bodies_give_equal_bytes(file, tmp_path):
    write_sealed(tmp_path / "other.json", Schema("test", 1), dict(reversed(BODY.items())))
    assert (tmp_path / "other.json").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_is_found_wherever_it_is(file, bit):
    content = file.read_bytes()
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << bit
        file.write_bytes(bytes(flipped))
        try:
            found = read_sealed(file, Schema("test", 1))
        except DamagedError:  # and never NewerError, though a flipped bit makes a 3 of the 1 in the name
            continue
        assert found == BODY, f"byte {place}"  # as where the case of an escape's hexadecimal digit is flipped


def test_a_file_cut_short_is_found_wherever_it_ends(file):
    content = file.read_bytes()
    for length in range(len(content) - 1):  # the last byte is the line end
        file.write_bytes(content[:length])
        with pytest.raises(DamagedError):
            read_sealed(file, Schema("test", 1))


def test_another_value_under_the_old_seal_is_found(file):
    outer = json.loads(file.read_text())
    outer["body"]["value"] = 12.5
    file.write_text(json.dumps(outer))
    with pytest.raises(DamagedError, match="does not match its seal"):
        read_sealed(file, Schema("test", 1))


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ('"value":', '"value":0.5,"value":'),
        ('"k":null', '"k":1,"k":null'),
        ('"schema":"test-1"', '"schema":"test-1","schema":"test-1"'),
    ],
)
def test_an_object_with_a_key_twice_is_damaged_although_its_last_value_fits_the_seal(file, once, twice):
    text = file.read_text()
    assert text.count(once) == 1
    file.write_text(text.replace(once, twice))
    assert json.loads(file.read_text()) == json.loads(text)
    with pytest.raises(DamagedError, match=r"^an object has the key '(value|k|schema)' twice$"):
        read_sealed(file, Schema("test", 1))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"schema": 1}', "\udcff"])
def test_what_is_not_a_sealed_file_is_damaged(file, text):
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedError):
        read_sealed(file, Schema("test", 1))


def test_a_body_nested_too_deeply_is_damaged(file):
    body = []
    for _ in range(120):
        body = [body]
    write_sealed(file, Schema("test", 1), body)
    with pytest.raises(DamagedError, match="nested more than 100 levels deep"):
        read_sealed(file, Schema("test", 1))


def test_not_a_number_under_a_seal_is_damaged(file):
    file.write_text(json.dumps({"schema": "test-1", "sha256": "", "body": float("nan")}))
    with pytest.raises(DamagedError):
        read_sealed(file, Schema("test", 1))


def test_another_schema_is_named(file):
    with pytest.raises(DamagedError, match="schema 'test-1', this genbench reads 'test-2'"):
        read_sealed(file, Schema("test", 2))


@pytest.mark.parametrize("newer", [Schema("test", 2), Schema("test", 10)], ids=str)
def test_a_file_of_a_newer_schema_is_no_damage_and_stays(file, newer):
    write_sealed(file, newer, {"other": [1]})
    content = file.read_bytes()
    text = f"{file} was written by a newer genbench; upgrade genbench, or choose another folder"
    refused = f"^{re.escape(text)}$"
    with pytest.raises(NewerError, match=refused):
        read_sealed(file, Schema("test", 1))
    with pytest.raises(NewerError, match=refused):
        write_sealed(file, Schema("test", 1), BODY)
    assert file.read_bytes() == content
    assert read_sealed(file, newer) == {"other": [1]}


def test_a_newer_file_may_be_built_in_another_way(file):
    file.write_text(json.dumps({"schema": "test-2", "seal": {"blake": "00"}, "parts": []}))
    with pytest.raises(NewerError):
        read_sealed(file, Schema("test", 1))


@pytest.mark.parametrize("name", ["test-0", "test-01", "test-", "tests-2", "test-99999", "test", 2, None])
def test_what_names_no_higher_version_of_the_schema_is_damaged(file, name):
    outer = json.loads(file.read_text())
    file.write_text(json.dumps(outer | {"schema": name}))
    with pytest.raises(DamagedError):
        read_sealed(file, Schema("test", 1))
    write_sealed(file, Schema("test", 1), BODY)
    assert read_sealed(file, Schema("test", 1)) == BODY


def test_the_seal_of_the_first_version_covers_the_body_alone(file):
    assert json.loads(file.read_text())["sha256"] == digest(BODY)


def test_from_the_second_version_on_the_seal_covers_the_schema(file):
    write_sealed(file, Schema("test", 2), BODY)
    outer = json.loads(file.read_text())
    file.write_text(json.dumps(outer | {"schema": "test-3"}))
    with pytest.raises(DamagedError, match="does not match its seal"):
        read_sealed(file, Schema("test", 3))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_number_is_never_written(file, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_sealed(file, Schema("test", 1), {"value": value})
    assert read_sealed(file, Schema("test", 1)) == BODY


def test_replacing_leaves_nothing_else_behind(file):
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["record.json"]


def test_a_failed_replacement_leaves_the_old_file_and_no_draft(file, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(file, b"new")
    assert read_sealed(file, Schema("test", 1)) == BODY
    assert [path.name for path in file.parent.iterdir()] == ["record.json"]


@pytest.fixture
def disk(monkeypatch):
    """Return a list that notes each flush to disk and each rename, in their order."""
    events = []
    flush, replace, rename = os.fsync, Path.replace, Path.rename

    def noted_flush(handle):
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        flush(handle)

    def noted(move):
        def noted_move(path, target):
            events.append("rename")
            return move(path, target)

        return noted_move

    monkeypatch.setattr("os.fsync", noted_flush)
    monkeypatch.setattr(Path, "replace", noted(replace))
    monkeypatch.setattr(Path, "rename", noted(rename))
    return events


def test_a_power_failure_keeps_the_file_and_its_name(file, disk):
    """The content is on disk before it gets its name, and the folder that holds the name after that."""
    write_sealed(file, Schema("test", 1), BODY)
    assert disk == ["file", "rename", "folder"]


def test_what_need_not_outlive_a_power_failure_waits_for_no_disk(file, disk):
    write_sealed(file, Schema("test", 1), BODY, flush=False)
    assert disk == ["rename"]


def fill(draft):
    (draft / "inner").mkdir()
    for name in ("one", "inner/two"):
        (draft / name).write_text(name)


def test_a_power_failure_keeps_a_folder_and_all_that_is_in_it(tmp_path, disk):
    write_folder(tmp_path / "kept", fill)
    assert sorted(disk[:4]) == ["file", "file", "folder", "folder"]  # one, inner/two, inner and the draft
    assert disk[4:] == ["rename", "folder"]


def test_a_folder_that_need_not_outlive_a_power_failure_waits_for_no_disk(tmp_path, disk):
    write_folder(tmp_path / "kept", fill, flush=False)
    assert disk == ["rename"]


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
