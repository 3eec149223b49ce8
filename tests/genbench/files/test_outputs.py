"""Outputs and logs, where a link, a pipe or a device lies at their path."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from genbench.files.outputs import check_output, open_log, write_output

WRITE = "import sys; from pathlib import Path; from genbench.files.outputs import write_output"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    return path


def test_a_file_is_replaced_and_keeps_its_permissions(file):
    file.chmod(0o600)
    before = file.stat().st_ino
    write_output(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_ino != before
    assert [path.name for path in file.parent.iterdir()] == ["out.csv"]


def test_an_output_that_fails_leaves_the_old_one(file, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_output(file, b"new")
    assert file.read_text() == "old"
    assert [path.name for path in file.parent.iterdir()] == ["out.csv"]


def test_a_link_stays_and_its_target_is_replaced(file, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "first.csv").symlink_to(Path("..") / "out.csv")
    (tmp_path / "link.csv").symlink_to(inner / "first.csv")
    write_output(tmp_path / "link.csv", b"new")
    assert file.read_bytes() == b"new"
    assert (tmp_path / "link.csv").is_symlink()
    assert (inner / "first.csv").is_symlink()


def test_the_target_of_a_link_may_be_missing(tmp_path):
    (tmp_path / "link.csv").symlink_to("out.csv")
    write_output(tmp_path / "link.csv", b"new")
    assert (tmp_path / "out.csv").read_bytes() == b"new"


def test_links_that_lead_back_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        write_output(tmp_path / "a", b"new")


def test_a_planted_link_with_the_name_of_a_temporary_file_is_not_followed(file, tmp_path, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * 2 * size)
    victim = tmp_path / "victim"
    victim.write_text("private")
    (tmp_path / f".out.csv.{os.getpid()}-00000000.tmp").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_output(file, b"new")
    assert victim.read_text() == "private"


def test_a_pipe_receives_the_output_and_stays(tmp_path):
    pipe, received = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"new")
    reader.join()
    assert received == [b"new"]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_device_receives_the_output_and_stays():
    write_output(Path(os.devnull), b"new")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    with pytest.raises(OSError, match="No space left"):
        write_output(Path("/dev/full"), b"new")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_is_not_replaced_whatever_it_is(file, name):
    command = [sys.executable, "-c", f"{WRITE}; write_output(Path({name!r}), b'new')"]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"new"
    with file.open("a") as appended:
        subprocess.run(command, check=True, stdout=appended)
    assert file.read_text() == "oldnew"


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("a" * 251 + ".csv")
    write_output(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(OSError, match="File name too long"):
        write_output(tmp_path / ("a" * 256), b"new")


def test_what_cannot_be_written_is_found_before_and_nothing_changes(file, tmp_path):
    for path in (file, tmp_path / "new.csv", Path(os.devnull), Path("/dev/stdout")):
        check_output(path)
    for path in (tmp_path, tmp_path / "missing" / "new.csv", file / "new.csv", tmp_path / ("a" * 256)):
        with pytest.raises(OSError):  # noqa: PT011 - each has another reason
            check_output(path)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert file.read_text() == "old"


def test_a_log_is_appended_to(file):
    with os.fdopen(open_log(file), "ab") as log:
        log.write(b" and new")
    assert file.read_text() == "old and new"
    os.close(open_log(file.parent / "new.log"))
    os.close(open_log(Path(os.devnull)))


def test_a_log_that_is_a_link_or_a_pipe_is_refused(file, tmp_path):
    (tmp_path / "link.log").symlink_to(file)
    os.mkfifo(tmp_path / "pipe.log")
    for name in ("link.log", "pipe.log"):
        with pytest.raises(OSError):  # noqa: PT011 - each has another reason
            open_log(tmp_path / name)
    reader = os.open(tmp_path / "pipe.log", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="it is no regular file"):
        open_log(tmp_path / "pipe.log")
    os.close(reader)
    assert file.read_text() == "old"
