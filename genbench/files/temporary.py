"""Temporary files and folders of a run, and what to say where there can be none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["can_be_written", "new_file", "new_folder", "probe"]

_LARGE = 2**20


def new_file(name: str, suffix: str) -> Path:
    """Return an empty file of its own; raise ResultsError if there can be none."""
    with _told():
        handle, path = tempfile.mkstemp(prefix=f"genbench-{name}-", suffix=suffix)
        os.close(handle)
    return Path(path)


def new_folder(inside: Path | None = None) -> Path:
    """Return an empty folder of its own, `inside` another one; raise ResultsError if there can be none."""
    with _told():
        return Path(tempfile.mkdtemp(prefix="genbench-", dir=inside))


def probe(folder: Path, size: int = 4096) -> None:
    """Write a file without a name into a folder; raise OSError if that cannot be done.

    size  in bytes: an empty file can be made on a full disk
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(size))
        file.flush()


def can_be_written(folder: Path) -> bool:
    """Return whether files of the size that records may have can be written into a folder now."""
    try:
        probe(folder, _LARGE)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"temporary files cannot be written: {error.strerror or error}; free some space, or set TMPDIR "
            f"to another folder"
        ) from error
