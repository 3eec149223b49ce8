"""The SHA-256 of what a path holds, wherever it lies."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from genbench.canonical import digest
from genbench.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["content_sha256"]


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, or of a folder's relative names and files, 64 hex digits.

    Names count in Unicode's NFC, since file systems differ in the form that they keep; empty folders, times
    and permissions do not count. `path` itself may be a symbolic link.
    Raises DataError if it cannot be read, or a folder holds a symbolic link or something that is no file.
    """
    try:
        if not path.is_dir():
            return _file_sha256(path)
        entries = [(_name(file, path), _file_sha256(file)) for file in _files(path)]
    except OSError as error:
        raise DataError(f"cannot read {error.filename or path}: {error.strerror}") from error
    return digest(sorted(entries))


def _file_sha256(file: Path) -> str:
    if not file.is_file():
        raise DataError(f"{file} is no regular file; expected a file or a folder of files")
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_symlink():
            raise DataError(f"{entry} is a symbolic link; expected files, so that the folder can be moved")
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def _name(file: Path, folder: Path) -> str:
    return unicodedata.normalize("NFC", file.relative_to(folder).as_posix())
