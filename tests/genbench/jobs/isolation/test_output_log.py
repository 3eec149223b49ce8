"""Logs of processes, which stay small."""

from __future__ import annotations

import pytest

from genbench.jobs.isolation import client
from genbench.jobs.isolation.client import OutputLog


@pytest.fixture
def small(monkeypatch):
    """Let a log keep the first and the last ten bytes."""
    monkeypatch.setattr(client, "_HEAD", 10)
    monkeypatch.setattr(client, "_TAIL", 10)


def logged(path, pieces, secrets=()):
    log = OutputLog(path, secrets)
    for piece in pieces:
        log.write(piece)
    log.close()
    return path.read_bytes()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("n", [0, 9, 10, 11, 19, 20, 21, 45, 400])
def test_the_first_and_the_last_bytes_are_kept_and_the_rest_is_counted(tmp_path, n, size):
    content = bytes(65 + i % 26 for i in range(n))
    pieces = [content[start : start + size] for start in range(0, n, size)]
    out = n - 20
    expected = (
        content if out <= 0 else content[:10] + b"\n[%d bytes were left out here]\n" % out + content[-10:]
    )
    assert logged(tmp_path / "log", pieces) == expected


def test_the_beginning_is_in_the_file_while_the_process_runs(tmp_path):
    log = OutputLog(tmp_path / "log")
    log.write(b"started\n")
    assert (tmp_path / "log").read_bytes() == b"started\n"
    log.close()


def test_a_log_is_added_to_the_file(tmp_path):
    logged(tmp_path / "log", [b"one\n"])
    assert logged(tmp_path / "log", [b"two\n"]) == b"one\ntwo\n"


@pytest.mark.usefixtures("small")
def test_a_secret_is_replaced_before_anything_is_cut(tmp_path):
    content = logged(tmp_path / "log", [b"12345678", b"canary-se", b"cret-99", b"."], ["canary-secret-99"])
    assert b"canary" not in content
    assert b"secret-99" not in content


def test_a_log_that_cannot_be_opened_costs_nothing_else(tmp_path):
    log = OutputLog(tmp_path / "missing" / "log")
    log.write(b"text")
    log.close()
    assert not (tmp_path / "missing").exists()
