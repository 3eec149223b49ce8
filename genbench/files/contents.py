"""The SHA-256 of what a path holds, wherever it lies."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["content_sha256"]


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, or of a folder's relative names and files, 64 hex digits.

    Names count in Unicode's NFC, since file systems differ in the form that they keep; empty folders, times
    and permissions do not count. `path` itself may be a symbolic link.
    Raises DataError if it cannot be read, or a folder holds a symbolic link or something that is no file.
    """
    try:
        if not path.is_dir():
            return _file_sha256(path, path)
        entries = [(_name(file, path), _file_sha256(file, path)) for file in _files(path, path)]
    except OSError as error:
        failed = path if error.filename is None else Path(os.fsdecode(error.filename))
        raise DataError(f"cannot read {_shown(failed, path)}: {error.strerror}") from error
    return digest(sorted(entries))


def _file_sha256(file: Path, top: Path) -> str:
    if not file.is_file():
        raise DataError(f"{_shown(file, top)} is no regular file; expected a file or a folder of files")
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path, top: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_symlink():
            raise DataError(f"{_shown(entry, top)} is a symbolic link; expected files, so that the folder "
                            f"can be moved")  # fmt: skip
        if entry.is_dir():
            yield from _files(entry, top)
        else:
            yield entry


def _shown(path: Path, top: Path) -> str:
    """Return a path from the folder that was given on, without those above it, unprintables as escapes."""
    inside = path.relative_to(top.parent) if path.is_relative_to(top.parent) else Path(path.name)
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in inside.as_posix()
    )


def _name(file: Path, folder: Path) -> str:
    return unicodedata.normalize("NFC", file.relative_to(folder).as_posix())
