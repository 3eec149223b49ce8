"""Reading a file that somebody else made: only a regular one, of a size that is allowed, and whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_regular", "read_regular", "unchanging"]

_CHANGED = "it changed while it was read"


def check_regular(path: Path) -> os.stat_result:
    """Return the stat of a regular file, maybe behind links; raise OSError, in words, for all else.

    A pipe need not end and a device may do anything: they are not opened.
    """
    found = path.stat()
    _check(found)
    return found


def read_regular(path: Path, most_bytes: int) -> bytes:
    """Return what a file holds.

    Raises OSError, whose strerror says it in words, if it cannot be read, is no regular file, has more than
    `most_bytes`, or changes meanwhile: its size and time are held against those before.
    """
    check_regular(path)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe in its place does not block
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        _check(before)
        if before.st_size > most_bytes:
            raise OSError(
                errno.EFBIG, f"it has {before.st_size:,} bytes, and at most {most_bytes:,} are read"
            )
        content = file.read(before.st_size + 1)
        after = os.fstat(handle)
    if len(content) != before.st_size or _mark(before) != _mark(after):
        raise OSError(errno.EBUSY, _CHANGED)
    return content


@contextlib.contextmanager
def unchanging(path: Path) -> Iterator[None]:
    """Raise OSError, in words, if a file is no regular one, or another one after the block than before."""
    before = _mark(check_regular(path))
    yield
    if _mark(path.stat()) != before:
        raise OSError(errno.EBUSY, _CHANGED)


def _check(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")


def _mark(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns
