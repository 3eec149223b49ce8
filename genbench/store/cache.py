"""Artefacts that may go at any moment, and stores that may be full: what a run does about both.

A store is a cache. Whoever evicts from it does not ask who reads, so what was found can be gone before it is
opened; and a full disk takes nothing more. Neither changes a number: what is not there is made again, and
what cannot be stored is used from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from genbench.core.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genbench.store.store import Artefact, Store

__all__ = ["found_or_made", "keep", "opened"]

T = TypeVar("T")


def opened(artefact: Artefact | None, read: Callable[[Path], T]) -> T | None:
    """Return what `read` makes of an artefact's folder; None if there is none, or no longer.

    A folder that was replaced or removed while it was read counts as gone: half of it may have been missing.
    """
    before = None if artefact is None else _identity(artefact.folder)
    if artefact is None or before is None:
        return None
    try:
        found = read(artefact.folder)
    except Exception:
        if _identity(artefact.folder) == before:
            raise
        return None
    return found if _identity(artefact.folder) == before else None


def keep(
    store: Store, key: Mapping[str, Any], write: Callable[[Path], None],
    notes: Callable[[], Mapping[str, Any]], report: Callable[..., None],
) -> Artefact | None:  # fmt: skip
    """Store what `write(folder)` writes; if the store cannot take it, report a `warning` and return None.

    notes()  returns what is stored with it; called when all is written, since writing can add to it
    """
    known: dict[str, Any] = {}

    def write_all(folder: Path) -> None:
        write(folder)
        known.update(notes())

    try:
        return store.put(key, write_all, known)
    except ResultsError as error:
        report(warning=f"{error}; going on without storing")
        return None


def found_or_made(
    store: Store, key: Mapping[str, Any], read: Callable[[Path], T],
    make: Callable[[], tuple[T, Mapping[str, Any], Callable[[Path], None]]], report: Callable[..., None],
) -> tuple[T, Mapping[str, Any]]:  # fmt: skip
    """Return what `read` makes of the artefact of a key, and its notes; make and store it if there is none.

    make()  returns the same as `read` would, from memory, with its notes and what writes it to a folder
    """
    artefact = store.get(key)
    found = opened(artefact, read)
    if artefact is not None and found is not None:
        return found, artefact.notes
    made, notes, write = make()
    artefact = keep(store, key, write, lambda: notes, report)
    found = opened(artefact, read)
    return (made, notes) if artefact is None or found is None else (found, artefact.notes)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from all others, or None if it is gone."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
