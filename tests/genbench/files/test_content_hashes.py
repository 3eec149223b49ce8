from __future__ import annotations

import hashlib
import json
import os
import shutil

import pytest

from genbench import DataError
from genbench.files.read import content_sha256


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

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"cannot read .*bin: Permission denied"):
        content_sha256(folder)


def test_a_name_is_shown_without_what_a_terminal_would_obey(folder):
    (folder / "a\n\x1b[31m").symlink_to(folder)
    with pytest.raises(DataError, match=r"/a\\n\\x1b\[31m is a symbolic link"):
        content_sha256(folder)
