"""Identities of files, which show without a read that a file may have changed."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from genbench.core.errors import DataError, FileChangedError
from genbench.files.read import make_read_error, path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Identity", "check_identity", "read_identity", "renew_identity"]

Files: TypeAlias = "Path | tuple[Path, ...]"

#: Twice the tick of the coarsest clock of Linux's file times, which is 10 ms at CONFIG_HZ=100.
_TICK_NS = 20_000_000


@dataclass(frozen=True)
class Identity:
    """The names, sizes and times of a file, of all files in a folder, or of several files.

    writes     digest of names, sizes and modification times; a write changes it
    inodes     digest of names, inodes and change times; a rename, a link or chmod changes it too
    newest_ns  the newest change time
    """

    writes: str
    inodes: str
    newest_ns: int


def read_identity(path: Files) -> Identity:
    """Return the identity of a file, a folder or several files: digests of their names, sizes and times.

    It has two digests: a write changes `writes`, while a rename or chmod, which leaves the content as it is,
    changes only `inodes`. Links in a folder are not followed.

    If a file has just been written, the function waits for the file system's clock to tick, since another
    write before that would leave the times as they are. Raises DataError if the path cannot be read.
    """
    files = _list_stats(path)
    newest = max([info.st_ctime_ns for _, info in files], default=0)
    if abs(time.time_ns() - newest) < _TICK_NS:
        time.sleep(_TICK_NS / 1e9)
    return Identity(
        writes=_hash_rows([(name, info.st_size, info.st_mtime_ns) for name, info in files]),
        inodes=_hash_rows([(name, info.st_ino, info.st_ctime_ns) for name, info in files]),
        newest_ns=newest,
    )


def renew_identity(path: Files, before: Identity, has_hash: Callable[[], bool]) -> Identity:
    """Return the present identity (names, sizes, times) of files that no component has read since `before`.

    So only their present content counts: if the identity differs from `before`, `has_hash` decides. It
    returns whether the content still has the hash that genbench computed at `before`. Raises
    FileChangedError, naming the file, if it has not.
    """
    now = _read_again(path, before)
    if now != before and not has_hash():
        raise _file_changed(path, before)
    return now


def check_identity(path: Files, before: Identity, has_hash: Callable[[], bool]) -> None:
    """Raise FileChangedError, naming the file, if a path's files may have had other content since `before`.

    A file that was written counts as changed even if its content is the same again, since a component may
    have read it in between. If files were only renamed, linked or given other rights, `has_hash` decides: it
    returns whether the content still has the hash that genbench computed at `before`.
    """
    now = _read_again(path, before)
    if now.writes != before.writes or (now.inodes != before.inodes and not has_hash()):
        raise _file_changed(path, before)


def _read_again(path: Files, before: Identity) -> Identity:
    """Return the present identity (names, sizes, times) of files; raise FileChangedError if one is gone."""
    try:
        return read_identity(path)
    except DataError as error:
        raise _file_changed(path, before) from error


def _file_changed(path: Files, before: Identity) -> FileChangedError:
    """Return the error that names a file that has changed since `before`: the first with a newer change time.

    If no file has a newer time, as after a removal, the error names the folder or, of several files, the
    first missing file, or else the first file.
    """
    try:
        names = [name for name, info in _list_stats(path) if info.st_ctime_ns > before.newest_ns]
    except DataError:  # a file is missing by now
        names = []
    if isinstance(path, tuple):
        missing = [str(file) for file in path if not file.is_file()]
        text = Path((names or missing or [str(path[0])])[0]).name
    else:
        text = path_text(path / names[0] if names else path, path)  # the name of a single file is ""
    return FileChangedError(
        f"{text} changed after genbench hashed it, so no key names what was read; run the command again"
    )


def _list_stats(path: Files) -> list[tuple[str, os.stat_result]]:
    """Return the name and the stat of each file; raise DataError if the path cannot be read.

    Names are relative to a folder, and sorted; "" for a single file; whole paths, as given, for several.
    """
    try:
        if isinstance(path, tuple):
            return [(str(file), file.stat()) for file in path]
        return sorted(_walk_folder(os.fspath(path), "")) if path.is_dir() else [("", path.stat())]
    except OSError as error:
        raise make_read_error(error, path[0] if isinstance(path, tuple) else path) from error


def _walk_folder(folder: str, name: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the relative name and the stat of each file below a folder; links are not followed.

    name  the prefix of the names: "" for the folder at the top, "inner/" for one below it
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            inside = f"{name}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk_folder(entry.path, f"{inside}/")
            else:
                yield inside, entry.stat(follow_symlinks=False)


def _hash_rows(rows: list[tuple[str, int, int]]) -> str:
    """Return the SHA-256 of rows of a name and two numbers, 64 hex digits; their order counts."""
    return hashlib.sha256(ascii(rows).encode("ascii")).hexdigest()
