"""Temporary files and folders of a run, and checks that a folder can be written."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["can_be_written", "check_writable", "make_temp_file", "make_temp_folder", "temporary_folder"]

_LARGE = 2**20  # bytes, as a record with large findings has


def make_temp_file(name: str, suffix: str) -> Path:
    """Create an empty temporary file and return its path; raise ResultsError if that fails."""
    with _explain_errors():
        handle, path = tempfile.mkstemp(prefix=f"genbench-{name}-", suffix=suffix)
        os.close(handle)
    return Path(path)


def make_temp_folder(inside: Path | None = None) -> Path:
    """Create an empty temporary folder and return its path; raise ResultsError if that fails.

    inside  the folder that contains it; None: the system's folder for temporary files
    """
    with _explain_errors():
        return Path(tempfile.mkdtemp(prefix="genbench-", dir=inside))


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give an empty temporary folder, and remove it afterwards; raise ResultsError if it cannot be made."""
    folder = make_temp_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_writable(folder: Path, size: int = 4096) -> None:
    """Check that a folder can be written, by a file without a name in it; raise OSError if it cannot.

    size  in bytes, by default one block; it must be positive, since a full disk still takes empty files
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(size))
        file.flush()


def can_be_written(folder: Path) -> bool:
    """Return whether a file of 1 MiB, the size of a large record, can be written into a folder."""
    try:
        check_writable(folder, _LARGE)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _explain_errors() -> Iterator[None]:
    """Raise an OSError of the block as ResultsError, with what the user can do."""
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"temporary files cannot be written: {error.strerror or error}; free some space, or set TMPDIR "
            f"to another folder"
        ) from error
