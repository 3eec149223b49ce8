"""Writes of outputs and logs at given paths, where a link, a pipe or a device may be."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from genbench.files.sealed import open_replacement
from genbench.files.temporary import check_writable

__all__ = ["check_output", "open_log", "write_output"]

_MOST_LINKS = 40  # as Linux follows

#: Paths of open files. A link below them names a file, which may be deleted or opened for appending.
_OPEN_FILES = (Path("/dev/stdout"), Path("/dev/stderr"), Path("/dev/fd"), Path("/proc"))


def write_output(path: Path, content: bytes) -> None:
    """Write the output of a command to `path`; raise OSError if that fails.

    A regular file is replaced atomically, and the new one has the old permissions. If `path` is a link, its
    target is replaced. A pipe, a device or an open file such as /dev/stdout receives the content directly.
    """
    target = _follow_links(path)
    if _is_written_directly(target):
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC), "wb") as file:
            file.write(content)
        return
    with open_replacement(target) as file:
        # Before the content is written, so that the old permissions protect it at once.
        with contextlib.suppress(FileNotFoundError):
            os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
        file.write(content)


def check_output(path: Path) -> None:
    """Raise OSError if `write_output` would fail before it writes; change nothing."""
    target = _follow_links(path)
    if target.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not _is_written_directly(target):
        check_writable(target.parent)


def open_log(path: Path) -> int:
    """Open a log for appending, create it if it is missing, and return its file descriptor.

    Raises OSError if it is a link or no regular file, except for a device such as /dev/null.
    """
    # O_NOFOLLOW refuses a link; O_NONBLOCK keeps a pipe without a reader from blocking.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, 0o644)
    kind = os.fstat(handle).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISCHR(kind)):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file")
    return handle


def _follow_links(path: Path) -> Path:
    """Return the path to which the links at `path` lead; stop at an open file such as /dev/stdout.

    Raises OSError after 40 links, which are then a loop.
    """
    for _ in range(_MOST_LINKS):
        if _is_open_file(path) or not path.is_symlink():
            return path
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _is_written_directly(target: Path) -> bool:
    """Return whether a path is an open file, a pipe or a device, which a new file must not replace."""
    return _is_open_file(target) or (target.exists() and not target.is_file())


def _is_open_file(path: Path) -> bool:
    """Return whether a path names an open file of a process, such as /dev/stdout."""
    absolute = path.absolute()
    return any(absolute == root or root in absolute.parents for root in _OPEN_FILES)
