"""The files that a block of code opens to read, in the record of its imports, and those that texts name.

What an import opens is not recorded: the body of a module runs once in a process, so the record would depend
on what ran before. Nor is what a compiled library or another process opens, since Python does not see it:
the texts in the code and in the options tell of these.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import tempfile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import platformdirs

from genbench.catalog.import_recorder import current_record
from genbench.catalog.imports import texts_in
from genbench.catalog.unversioned import is_unversioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["listen", "named_files", "unversioned_files"]

_OF_SYSTEM = ("/dev", "/etc", "/proc", "/run/lock", "/run/systemd", "/sys", "/Library", "/System")
_OF_PREFIX = ("bin", "etc", "include", "lib", "lib32", "lib64", "libexec", "sbin", "share", "Lib", "Scripts")
_METADATA = (".dist-info", ".egg-info")
_TICK_NS = 10_000_000  # the clock of a file system may be late by so much
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_PATH = re.compile(r"[^\0\n]{1,1024}")
_DEPTH = 3  # folders in folders, each named by a text


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


def named_files(code: Iterable[Path], texts: Iterable[str]) -> set[Path]:
    """Return the files that texts name: beside the code, in the working folder, or in folders of other texts.

    code   files of source; the constants in those that no version stands for are texts too

    A name without a suffix and without a folder does not count, since any word may be one.
    """
    sources = _unversioned_sources(frozenset(code))
    names = _names(texts).union(*map(_names_of, sources))
    by_first: dict[str, list[PurePath]] = {}
    for path in map(PurePath, names):
        by_first.setdefault(path.parts[0], []).append(path)
    folders = {Path(), *(file.parent for file in sources)}
    found: set[Path] = set()
    for _ in range(_DEPTH):
        there = {folder / path: path for folder in folders for path in _present(folder, by_first)}
        found |= {file for file, path in there.items() if path.suffix or len(path.parts) > 1}
        folders = {path for path in there if path.is_dir()}
    return found


@functools.lru_cache
def _unversioned_sources(code: frozenset[Path]) -> list[Path]:
    return [file for file in code if file.suffix == ".py" and is_unversioned(file.resolve())]


def _names_of(file: Path) -> frozenset[str]:
    with contextlib.suppress(OSError):  # a component may have left this process no file to open
        return _names_in(file.read_bytes())
    return frozenset()


@functools.lru_cache(maxsize=1024)
def _names_in(source: bytes) -> frozenset[str]:
    return _names(texts_in(source))


def _names(texts: Iterable[str]) -> frozenset[str]:
    """Return the paths that texts may be, normalised: whole ones, and ends of paths, which follow a slash."""
    plain = (text for text in texts if _PATH.fullmatch(text))
    both = (each for text in plain for each in (os.path.expanduser(text), text.lstrip("/")))  # noqa: PTH111
    return frozenset(map(os.path.normpath, both)) - {"."}


def _present(folder: Path, by_first: Mapping[str, list[PurePath]]) -> list[PurePath]:
    """Return those of some paths, given by their first part, that lead to something from a folder."""
    with contextlib.suppress(OSError):
        firsts = {os.sep, os.pardir, *os.listdir(folder)}  # noqa: PTH208 - names alone
        paths = (path for first in firsts & by_first.keys() for path in by_first[first])
        return [path for path in paths if (folder / path).exists()]
    return []


@functools.cache
def listen() -> None:
    """Let Python report what this process opens, for as long as it runs, to the record of its thread."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or (record := current_record()) is None:
        return
    path, _, flags = arguments
    is_read = not isinstance(flags, int) or flags & _ACCESS != os.O_WRONLY
    if isinstance(path, str | bytes | os.PathLike) and is_read:
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
    """Return the folders of Python, of the system and of the user's caches, with links resolved.

    Users may have files of their own below a prefix, as in /usr/src.
    """
    prefixes = {sys.prefix, sys.base_prefix, "/", "/usr", "/usr/local"}
    installed = (Path(prefix, name) for prefix in prefixes for name in _OF_PREFIX)
    return tuple(
        place.resolve() for place in (*installed, *map(Path, _OF_SYSTEM), platformdirs.user_cache_path())
    )
