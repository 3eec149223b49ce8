"""What a killed process left behind: drafts, which never got the name that they were written for.

A draft may belong to a run that still goes, here or on another machine, so only those are swept that nobody
has written to for a day. Whose clock is behind or ahead does not matter: a draft's time is held against that
of a file made beside it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["delete", "drafts_in", "is_stale", "sweep"]

_DRAFT = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.tmp")  # as genbench.files.sealed.draft_name names them
_DAY_NS = 24 * 3600 * 10**9


def drafts_in(folder: Path) -> list[Path]:
    """Return the drafts that lie in a folder, sorted; none if there is no such folder."""
    try:
        return sorted(path for path in folder.iterdir() if _DRAFT.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove the drafts in these folders that nobody has written to for a day; return which they were.

    What cannot be removed is left: it is in nobody's way.
    """
    swept = [draft for folder in folders for draft in drafts_in(folder) if is_stale(draft)]
    for draft in swept:
        delete(draft)
    return swept


def is_stale(draft: Path) -> bool:
    """Return whether nothing in a draft was written for a day, by the clock of its file system."""
    try:
        times = [path.lstat().st_mtime_ns for path in (draft, *draft.rglob("*"))]
        with tempfile.TemporaryFile(dir=draft.parent) as probe:
            return os.fstat(probe.fileno()).st_mtime_ns - max(times) > _DAY_NS
    except OSError:  # it is gone, or its folder cannot be written
        return False


def delete(path: Path) -> None:
    """Unlink a file, or a folder and all in it; nothing is truncated, so what is mapped stays readable."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
