"""Temporary files and folders of a run, and what to say where there can be none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["new_file", "new_folder"]


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


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"temporary files cannot be written: {error.strerror or error}; free some space, or set TMPDIR "
            f"to another folder"
        ) from error
