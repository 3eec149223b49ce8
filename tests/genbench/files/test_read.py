"""Files of others are read only if they are regular, not too large, and do not change meanwhile."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from pathlib import Path

import pytest

from genbench import DataError
from genbench.files.read import check_regular, content_sha256, read_regular, unchanging


def test_a_regular_file_is_read_whole_behind_links_too(tmp_path):
    (tmp_path / "a").write_bytes(b"\0content\xff")
    (tmp_path / "link").symlink_to("a")
    assert read_regular(tmp_path / "a", 9) == read_regular(tmp_path / "link", 9) == b"\0content\xff"


def test_a_file_that_is_larger_than_allowed_is_not_read(tmp_path):
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**32)  # a file with a hole takes no room
    with pytest.raises(OSError, match="it has 4,294,967,296 bytes, and at most 1,000 are read"):
        read_regular(tmp_path / "huge", 1000)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for read in (
        check_regular,
        lambda path: read_regular(path, 10),
        lambda path: unchanging(path).__enter__(),
    ):
        with pytest.raises(OSError, match="it is no regular file"):
            read(tmp_path / "pipe")


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    found = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self: found)
    with pytest.raises(OSError, match="it is no regular file"):
        read_regular(path, 10)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_devices_are_not_opened(device, monkeypatch):
    monkeypatch.setattr(os, "open", lambda path, *_: pytest.fail(f"{path} was opened"))
    with pytest.raises(OSError, match="it is no regular file"):
        read_regular(Path(device), 10)


def test_a_folder_and_nothing_are_said_to_be_that(tmp_path):
    with pytest.raises(IsADirectoryError, match="Is a directory"):
        read_regular(tmp_path, 10)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none", 10)


@pytest.mark.parametrize("change", [b"longer than it was", b"cut"], ids=["grows", "shrinks"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, change):
    path = tmp_path / "a"
    path.write_bytes(b"as it was")
    real = os.fstat

    def fstat(handle):
        found = real(handle)
        path.write_bytes(change)
        return found

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(OSError, match="it changed while it was read"):
        read_regular(path, 100)


def test_a_file_whose_bytes_change_in_place_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path, times = tmp_path / "a", itertools.count(1)
    path.write_bytes(b"as it was")
    real = os.fstat

    def fstat(handle):
        found = real(handle)
        path.write_bytes(b"as it is!")
        os.utime(path, ns=(0, next(times)))
        return found

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(OSError, match="it changed while it was read"):
        read_regular(path, 100)


def test_a_block_in_which_a_file_changes_ends_in_an_error(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    with unchanging(path):
        path.read_bytes()
    other = tmp_path / "b"
    other.write_bytes(b"54321")
    with pytest.raises(OSError, match="it changed while it was read"), unchanging(path):  # noqa: PT012
        os.utime(other, ns=(0, path.stat().st_mtime_ns))
        other.replace(path)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    (root / "cats").mkdir(parents=True)
    (root / "cats" / "a.bin").write_bytes(b"a")
    (root / "b.bin").write_bytes(b"b")
    return root


def test_a_file_counts_by_its_bytes(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"content")
    assert content_sha256(file) == hashlib.sha256(b"content").hexdigest()


def test_moving_or_touching_a_folder_changes_nothing(folder, tmp_path):
    before = content_sha256(folder)
    moved = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(folder, moved)
    os.utime(moved / "b.bin", (0, 0))
    (moved / "empty").mkdir()
    assert content_sha256(moved) == before


def test_renaming_a_file_within_a_folder_changes_it(folder):
    before = content_sha256(folder)
    (folder / "b.bin").rename(folder / "c.bin")
    assert content_sha256(folder) != before


def test_moving_a_file_between_folders_changes_it(folder):
    before = content_sha256(folder)
    (folder / "cats" / "a.bin").rename(folder / "a.bin")
    assert content_sha256(folder) != before


def test_a_byte_changes_it(folder):
    before = content_sha256(folder)
    (folder / "b.bin").write_bytes(b"B")
    assert content_sha256(folder) != before


def test_names_count_in_one_unicode_form(tmp_path):
    for name, form in (("one", "e\u0301"), ("two", "\u00e9")):
        (tmp_path / name).mkdir()
        (tmp_path / name / form).write_bytes(b"x")
    assert content_sha256(tmp_path / "one") == content_sha256(tmp_path / "two")
    composed = json.dumps([["\u00e9", hashlib.sha256(b"x").hexdigest()]], separators=(",", ":"))
    assert content_sha256(tmp_path / "one") == hashlib.sha256(composed.encode()).hexdigest()


def test_the_path_itself_may_be_a_link_but_nothing_in_it(folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert content_sha256(link) == content_sha256(folder)
    (folder / "inner").symlink_to(folder / "b.bin")
    with pytest.raises(DataError, match="inner is a symbolic link"):
        content_sha256(folder)


def test_what_is_no_regular_file_is_refused(folder):
    os.mkfifo(folder / "pipe")
    with pytest.raises(DataError, match="pipe is no regular file"):
        content_sha256(folder)


def test_what_cannot_be_read_is_named(folder, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    with monkeypatch.context() as patch:  # what measures the test's CPU time opens files, too
        patch.setattr("pathlib.Path.open", refuse)
        with pytest.raises(DataError, match=r"cannot read .*bin: Permission denied"):
            content_sha256(folder)


def test_a_name_is_shown_without_what_a_terminal_would_obey(folder):
    (folder / "a\n\x1b[31m").symlink_to(folder)
    with pytest.raises(DataError, match=r"/a\\n\\x1b\[31m is a symbolic link"):
        content_sha256(folder)
