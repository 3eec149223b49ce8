"""The files that a block of code opens to read, in the record of its imports.

What an import opens is not recorded: the body of a module runs once in a process, so the record would depend
on what ran before. Nor is what a compiled library or another process opens, since Python does not see it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from genbench.catalog.import_recorder import current_record
from genbench.catalog.unversioned import is_unversioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["listen", "unversioned_files"]

_OF_SYSTEM = tuple(map(Path, ("/dev", "/etc", "/proc", "/run", "/sys", "/usr", "/Library", "/System")))
_METADATA = (".dist-info", ".egg-info")
_TICK_NS = 10_000_000  # the clock of a file system may be late by so much
_WRITES = os.O_WRONLY | os.O_RDWR


def unversioned_files(
    opened: Iterable[Path], start_ns: int, counted: Callable[[], Iterable[Path]], given: Iterable[Path] = ()
) -> list[str]:
    """Return the names of the unversioned files that a block opened, sorted, without those that are known.

    start_ns  when the block began, in nanoseconds since 1970: files that are newer are its own
    counted   returns known files; it is called only if there is an unversioned one
    given     known files and folders, with all that is in them

    Files of Python's installation, the system and the user's folder of caches are left out, the metadata of
    distributions, and what is in the folder for temporary files, unless known files are there.
    """
    found = {path: file for path in opened if (file := _unversioned(path, start_ns)) is not None}
    if not found:
        return []
    known = {path.resolve() for path in counted()}
    roots = {each for path in given for each in (path.absolute(), path.resolve())}
    temporary = Path(tempfile.gettempdir()).resolve()
    is_there = any(path.is_relative_to(temporary) for path in (*known, *roots))
    return sorted({
        file.name
        for path, file in found.items()
        if file not in known
        if not any(each.is_relative_to(root) for each in (path, file) for root in roots)
        if is_there or not file.is_relative_to(temporary)
    })  # fmt: skip


@functools.cache
def listen() -> None:
    """Let Python report what this process opens, for as long as it runs, to the record of its thread."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or (record := current_record()) is None:
        return
    path, _, flags = arguments
    if isinstance(path, str | bytes | os.PathLike) and not (isinstance(flags, int) and flags & _WRITES):
        with contextlib.suppress(OSError):  # the working directory is gone
            record.opened.add(Path(os.fsdecode(path)).absolute())


def _unversioned(path: Path, start_ns: int) -> Path | None:
    """Return a regular file with links resolved; None if it is new, or belongs to an installation."""
    file = path.resolve()
    try:
        is_old = file.is_file() and file.stat().st_ctime_ns < start_ns - _TICK_NS
    except OSError:
        return None
    is_apart = is_unversioned(file) and not any(file.is_relative_to(place) for place in _places())
    return file if is_old and is_apart and file.parent.suffix not in _METADATA else None


@functools.cache
def _places() -> tuple[Path, ...]:
    """Return the folders of Python, of the system and of the user's caches, with links resolved."""
    own = (Path(sys.prefix), Path(sys.base_prefix), platformdirs.user_cache_path())
    return tuple(place.resolve() for place in (*own, *_OF_SYSTEM))
