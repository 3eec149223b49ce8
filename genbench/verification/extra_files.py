"""Files in a run's folder that belong to no board: foreign files, and records that run.json does not list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.core.escaping import encodable
from genbench.files.sealed import drafts_in
from genbench.results.folder import BOARD_FILES, PLAN, RECORDS, RunFolder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from genbench.results.records import Plan

__all__ = ["foreign_files", "unlisted_records"]

_RECORD = re.compile(r"[0-9a-f]{64}\.json")


def foreign_files(folder: Path) -> tuple[str, ...]:
    """Return the names at the top of a run's folder and among its records that nothing verifies, sorted.

    No run writes them, but for the page, which may be written again. A folder's name ends in "/".
    """
    run = RunFolder(folder)
    known = {PLAN, *BOARD_FILES, *(path.name for path in run.folders)}
    records = [path for path in _entries(run.records) if not _RECORD.fullmatch(path.name)]
    return (
        *(_path_text(path, folder) for path in _entries(folder, known)),
        *(_path_text(path, folder) for path in records),
    )


def unlisted_records(folder: Path, plan: Plan) -> tuple[Path, ...]:
    """Return the files with the names of records that a plan does not list, sorted.

    An earlier plan of the folder may have listed them: a run of other seeds leaves its records.
    """
    listed = {f"{cell.key}.json" for cell in plan.cells}
    return tuple(path for path in _entries(folder / RECORDS, listed) if _RECORD.fullmatch(path.name))


def _entries(folder: Path, known: Collection[str] = ()) -> list[Path]:
    """Return the paths in a folder, sorted, without drafts and known names; none if there is no folder."""
    if not folder.is_dir():
        return []
    drafts = set(drafts_in(folder))
    return sorted(path for path in folder.iterdir() if path.name not in known and path not in drafts)


def _path_text(path: Path, folder: Path) -> str:
    """Return a path relative to the folder, as a text that UTF-8 can encode."""
    name = encodable(path.relative_to(folder).as_posix())
    return f"{name}/" if path.is_dir() and not path.is_symlink() else name
