"""Identities of files, which show without a read that a file may have changed."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import DataError, FileChangedError
from genbench.files.read import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Identity", "check_identity", "file_changed", "identity_now", "identity_of"]

#: The coarsest clock of Linux's file times, CONFIG_HZ=100, twice.
_TICK_NS = 20_000_000


@dataclass(frozen=True)
class Identity:
    """What the file system says of a file, or of all files in a folder.

    writes     digest of names, sizes and modification times; a write changes it
    inodes     digest of names, inodes and change times; a rename, a link or chmod changes it too
    newest_ns  the newest change time
    """

    writes: str
    inodes: str
    newest_ns: int


def identity_of(path: Path) -> Identity:
    """Return the identity of a file or a folder; symbolic links in a folder are not followed.

    If a file has just been written, the function waits for the file system's clock to tick, since another
    write before that would leave the times as they are. Raises DataError if the path cannot be read.
    """
    files = _files(path)
    newest = max((info.st_ctime_ns for _, info in files), default=0)
    if abs(time.time_ns() - newest) < _TICK_NS:
        time.sleep(_TICK_NS / 1e9)
    return Identity(
        writes=_digest((name, info.st_size, info.st_mtime_ns) for name, info in files),
        inodes=_digest((name, info.st_ino, info.st_ctime_ns) for name, info in files),
        newest_ns=newest,
    )


def identity_now(path: Path, before: Identity) -> Identity:
    """Return the present identity of a path; raise FileChangedError if it can no longer be read."""
    try:
        return identity_of(path)
    except DataError as error:
        raise file_changed(path, before) from error


def check_identity(path: Path, before: Identity, has_hash: Callable[[], bool]) -> None:
    """Raise FileChangedError, naming the file, if a path's files may have had other content since `before`.

    A file that was written counts as changed even if its content is the same again, since a component may
    have read it in between. If files were only renamed, linked or given other rights, `has_hash` decides: it
    returns whether the content still has its hash.
    """
    now = identity_now(path, before)
    if now.writes != before.writes or (now.inodes != before.inodes and not has_hash()):
        raise file_changed(path, before)


def file_changed(path: Path, before: Identity) -> FileChangedError:
    """Return the error that names a file that has changed since `before`.

    It names the folder if the changed file was removed from one.
    """
    try:
        names = [name for name, info in _files(path) if info.st_ctime_ns > before.newest_ns]
    except DataError:
        names = []
    return FileChangedError(
        f"{shown_path(path / names[0] if names else path, path)} changed after genbench hashed it, so no key "
        f"names what was read; run the command again"
    )


def _files(path: Path) -> list[tuple[str, os.stat_result]]:
    """Return the name below `path` and the stat of each file, sorted by name; a file itself has no name."""
    try:
        return sorted(_walk(os.fspath(path), "")) if path.is_dir() else [("", path.stat())]
    except OSError as error:
        failed = path if error.filename is None else Path(os.fsdecode(error.filename))
        raise DataError(f"cannot read {shown_path(failed, path)}: {error.strerror}") from error


def _walk(folder: str, name: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            inside = f"{name}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{inside}/")
            else:
                yield inside, entry.stat(follow_symlinks=False)


def _digest(rows: Iterable[tuple[str, int, int]]) -> str:
    return hashlib.sha256(ascii(list(rows)).encode("ascii")).hexdigest()
