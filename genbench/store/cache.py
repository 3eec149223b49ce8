"""Cached computation that tolerates evictions and full disks.

Another process may evict an artefact between its lookup and its opening, and a full disk takes no new ones.
Neither changes a number: a missing artefact is recomputed, and one that cannot be stored is used from memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from genbench.core.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genbench.store.store import Artefact, Store

__all__ = ["find_or_make", "read_artefact", "store_artefact"]

T = TypeVar("T")


def read_artefact(artefact: Artefact | None, read: Callable[[Path], T]) -> T | None:
    """Return what `read` returns for an artefact's folder; None if the artefact is missing or evicted.

    A folder that is replaced or removed during the read counts as evicted, since files may have been missing.
    """
    if artefact is None or (before := _read_identity(artefact.folder)) is None:
        return None
    try:
        content = read(artefact.folder)
    except Exception:  # readers fail in many ways when files vanish under them
        if _read_identity(artefact.folder) == before:  # it was not evicted, so this is a real error
            raise
        return None
    return content if _read_identity(artefact.folder) == before else None


def store_artefact(
    store: Store, key: Mapping[str, Any], write: Callable[[Path], None],
    notes: Callable[[], Mapping[str, Any]], report: Callable[..., None],
) -> Artefact | None:  # fmt: skip
    """Store the files that `write(folder)` writes, and return the artefact; None if the store fails.

    notes()  returns the JSON to store beside the files; it is called after `write`, which may change it
    report   is called with a `warning` with the reason if the store fails; the run goes on without storing
    """
    final_notes: dict[str, Any] = {}  # `write_all` fills it, and then `put` reads it

    def write_all(folder: Path) -> None:
        """Write the files, and then put the notes into `final_notes`."""
        write(folder)
        final_notes.update(notes())

    try:
        return store.put(key, write_all, final_notes)
    except ResultsError as error:
        report(warning=f"{error}; going on without storing")
        return None


def find_or_make(
    store: Store, key: Mapping[str, Any], read: Callable[[Path], T],
    make: Callable[[], tuple[T, Mapping[str, Any], Callable[[Path], None]]], report: Callable[..., None],
) -> tuple[T, Mapping[str, Any]]:  # fmt: skip
    """Return (content, notes) of a key's artefact: read from the store on a cache hit, else made and stored.

    read    returns the content in an artefact's folder
    make()  returns the content in memory, its notes, and the function that writes it to a folder
    report  is called with a `warning` if the content cannot be stored

    What was made is read back from the store, so that a cache hit and a miss give the same content; if it
    cannot be stored or was evicted, the content in memory is returned.
    """
    artefact = store.get(key)
    content = read_artefact(artefact, read)
    if artefact is not None and content is not None:
        return content, artefact.notes
    new_content, notes, write = make()
    artefact = store_artefact(store, key, write, lambda: notes, report)
    content = read_artefact(artefact, read)
    return (new_content, notes) if artefact is None or content is None else (content, artefact.notes)


def _read_identity(folder: Path) -> tuple[int, int] | None:
    """Return device and inode of a folder, or None if it is missing.

    A new folder at the same path has another inode.
    """
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
