"""Logs that keep the beginning and the end of what a process prints."""

from __future__ import annotations

import pytest

from genbench.isolation.output_log import OutputLog

KEPT = 512 * 1024  # bytes at either end


def logged(path, pieces):
    log = OutputLog(path)
    for piece in pieces:
        log.write(piece)
    log.close()
    return path.read_bytes()


@pytest.mark.parametrize("size", [0, 1, KEPT, KEPT + 1, 2 * KEPT])
def test_what_fits_is_kept_whole(size, tmp_path):
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert logged(tmp_path / "log", [content]) == content


@pytest.mark.parametrize("left_out", [1, KEPT - 1, KEPT, KEPT + 1, 5 * KEPT + 3])
@pytest.mark.parametrize("piece", [100_000, 10 * KEPT])
def test_of_what_does_not_fit_both_ends_are_kept_and_the_middle_is_counted(left_out, piece, tmp_path):
    content = b"".join(b"%08d" % number for number in range((2 * KEPT + left_out) // 8 + 1))
    content = content[: 2 * KEPT + left_out]
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]
    said = f"\n[{left_out} bytes were left out here]\n".encode()
    assert logged(tmp_path / "log", pieces) == content[:KEPT] + said + content[-KEPT:]


def test_a_log_is_added_to(tmp_path):
    logged(tmp_path / "log", [b"one\n"])
    assert logged(tmp_path / "log", [b"two\n"]) == b"one\ntwo\n"


def test_a_log_that_cannot_be_opened_takes_what_is_printed(tmp_path):
    log = OutputLog(tmp_path / "no such folder" / "log")
    log.write(b"x" * 3 * KEPT)
    log.close()
