"""Edits of modules that this process has imported: they are imported again."""

from __future__ import annotations

import contextlib
import importlib
import sys
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.unversioned import file_of
from genbench.files.read import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["edits", "forget", "forget_edited", "note_modules"]


@dataclass
class _State:
    """What this process knows of its modules.

    noted  the file of each module, and the SHA-256 of what is imported, None if that is not known
    edits  how often noted modules were removed
    """

    noted: dict[str, tuple[Path, str | None]] = field(default_factory=dict)
    edits: int = 0


_state = _State()


def edits() -> int:
    """Return how often this process noticed edits; a hash of code that it cached before may be outdated."""
    return _state.edits


def note_modules(files: Mapping[str, Path]) -> None:
    """Note the files of modules, by name, and their content; those that were noted before stay as they are.

    Of a module that is imported already, the content is not known if its file is newer than this process, or
    was put there since.
    """
    for name, file in files.items():
        if name not in _state.noted or _state.noted[name][0] != file:
            is_known = not (_is_imported(name, file) and _is_new(file))
            _state.noted[name] = (file, sha256_of(file) if is_known else None)


def forget_edited() -> None:
    """Remove all noted modules from those that are imported, if one of them may have been edited since.

    All, since an unchanged module may have objects of an edited one.
    """
    current = {name: (file, sha256_of(file)) for name, (file, _) in _state.noted.items()}
    if current == _state.noted:
        return
    for name, (file, sha256) in current.items():
        forget(name, file)
        if sha256 != _state.noted[name][1]:
            _remove_compiled(file)
    _state.noted.update(current)
    _state.edits += 1
    importlib.invalidate_caches()


def forget(name: str, file: Path) -> None:
    """Remove a module of this file, also from its package, where `from package import module` looks first."""
    if not _is_imported(name, file):
        return
    module = sys.modules.pop(name)
    package, _, attribute = name.rpartition(".")
    attributes = getattr(sys.modules.get(package), "__dict__", {})  # a package may import on attribute access
    if attributes.get(attribute) is module:
        del attributes[attribute]


def _is_imported(name: str, file: Path) -> bool:
    module = sys.modules.get(name)
    return module is not None and file_of(getattr(module, "__spec__", None)) == file.resolve()


def _is_new(file: Path) -> bool:
    """Return whether a file was written, or put in its place, since this process began."""
    import psutil

    found = file.stat()
    return max(found.st_mtime, found.st_ctime) >= psutil.Process().create_time()


def _remove_compiled(file: Path) -> None:
    """Remove what Python compiled of a file, which it takes for current if size and second are equal."""
    with contextlib.suppress(OSError, NotImplementedError):
        Path(cache_from_source(str(file))).unlink(missing_ok=True)
