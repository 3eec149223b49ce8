from __future__ import annotations

import pytest

from genbench.core.errors import ResultsError
from genbench.files.temporary import can_be_written, make_temp_file, make_temp_folder, temporary_folder


def test_each_is_empty_and_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = {make_temp_file("a", ".log"), make_temp_file("a", ".log")}
    folders = {make_temp_folder(), make_temp_folder()}
    assert set(tmp_path.iterdir()) == files | folders
    assert all(file.read_bytes() == b"" and file.suffix == ".log" for file in files)
    inner = make_temp_folder(min(folders))
    assert inner.parent == min(folders)
    assert list(inner.iterdir()) == []


def test_a_temporary_folder_is_removed_with_its_content_after_an_error_too():
    def fail():
        with temporary_folder() as folder:
            folders.append(folder)
            (folder / "file").write_text("content")
            raise ValueError("an error")

    folders = []
    with pytest.raises(ValueError, match="an error"):
        fail()
    assert not folders[0].exists()


@pytest.mark.parametrize("make", [lambda: make_temp_file("a", ".log"), make_temp_folder])
def test_where_there_can_be_none_it_is_said_what_to_do(tmp_path, monkeypatch, make):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(ResultsError, match=r"^temporary files cannot be written: No such file .* set TMPDIR"):
        make()


def test_whether_a_folder_can_be_written_is_found_by_writing(tmp_path):
    assert can_be_written(tmp_path)
    assert not can_be_written(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
