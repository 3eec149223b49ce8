from __future__ import annotations

import os

import pytest

from genbench.core.errors import DataError, FileChangedError
from genbench.files.identity import check_identity, read_identity, renew_identity


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(b"abc")
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "images"
    (path / "one").mkdir(parents=True)
    for name in ("a.png", "one/b.png", "one/c.png"):
        (path / name).write_text(name)
    return path


def never():
    raise AssertionError("this change needs no hash")


def refusal(path, before, *, has_hash=never):
    with pytest.raises(FileChangedError) as caught:
        check_identity(path, before, has_hash)
    return str(caught.value).partition(" changed after")[0]


def test_a_file_that_is_only_read_keeps_its_identity(file, folder):
    before = read_identity(file), read_identity(folder)
    assert file.read_bytes()
    assert (read_identity(file), read_identity(folder)) == before
    check_identity(file, before[0], never)


def test_another_content_of_the_same_size_is_a_change_even_at_once(file):
    for content in (b"abd", b"abe", b"abf"):
        before = read_identity(file)
        file.write_bytes(content)
        assert refusal(file, before) == "data.bin"


def test_the_old_content_and_the_old_time_do_not_hide_a_write(file):
    before, info = read_identity(file), file.stat()
    file.write_bytes(b"xyz")
    os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert refusal(file, before, has_hash=lambda: False) == "data.bin"


def test_a_file_that_takes_the_place_of_another_is_hashed(file, tmp_path):
    info, twin = file.stat(), tmp_path / "twin"
    twin.write_bytes(b"abc")
    os.utime(twin, ns=(info.st_atime_ns, info.st_mtime_ns))
    before = read_identity(file)
    twin.replace(file)
    check_identity(file, before, lambda: True)
    assert refusal(file, before, has_hash=lambda: False) == "data.bin"


def test_a_file_written_with_its_old_content_counts_as_changed(file):
    before = read_identity(file)
    file.write_bytes(b"abc")
    assert refusal(file, before) == "data.bin"


@pytest.mark.parametrize("name", ["a.png", "one/c.png", "one/new.png", "two.png"])
def test_a_folder_names_the_file_that_was_written_or_added(folder, name):
    before = read_identity(folder)
    (folder / name).write_text("other")
    assert refusal(folder, before) == f"images/{name}"


def test_a_folder_is_named_itself_if_a_file_was_removed(folder):
    before = read_identity(folder)
    (folder / "one" / "b.png").unlink()
    assert refusal(folder, before) == "images"


def test_a_path_that_is_gone_has_changed(file):
    before = read_identity(file)
    file.unlink()
    assert refusal(file, before) == "data.bin"
    with pytest.raises(FileChangedError, match=r"data\.bin changed"):
        renew_identity(file, before, lambda: True)
    with pytest.raises(DataError, match=r"cannot read data\.bin: No such file"):
        read_identity(file)


def test_a_link_has_the_identity_of_its_file_and_links_in_a_folder_are_not_followed(file, folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(file)
    assert read_identity(link) == read_identity(file)
    (folder / "d.png").symlink_to(file)
    before = read_identity(folder)
    file.write_bytes(b"xyz")
    assert read_identity(folder) == before


def test_names_that_are_no_text_and_hidden_files_count(folder):
    before = read_identity(folder)
    (folder / ".hidden").write_text("x")
    assert refusal(folder, before) == "images/.hidden"
    (folder / os.fsdecode(b"\xff")).write_text("x")
    assert read_identity(folder) != before


def test_an_identity_is_renewed_if_the_content_has_its_hash_and_refused_otherwise(file):
    before = read_identity(file)
    assert renew_identity(file, before, lambda: False) == before
    file.write_bytes(b"abd")
    assert renew_identity(file, before, lambda: True) == read_identity(file) != before
    with pytest.raises(FileChangedError, match=r"data\.bin changed"):
        renew_identity(file, before, lambda: False)


def test_of_several_files_the_changed_one_is_named(file, tmp_path):
    files = (file, tmp_path / "other.py")
    files[1].write_text("x = 1\n")
    before = read_identity(files)
    check_identity(files, before, lambda: False)
    files[1].write_text("x = 12\n")
    assert refusal(files, before) == "other.py"
    files[1].unlink()
    assert refusal(files, before) == "other.py"
