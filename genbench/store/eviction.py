"""Inventory, verification and eviction of a store.

These functions see only what a store writes under its root: artefacts, temporary drafts, artefacts that were
put aside as damaged, and the trash of evictions. Other files are neither counted nor changed.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from dataclasses import dataclass
from stat import S_ISDIR
from typing import TYPE_CHECKING

from genbench.core.errors import DataError, ResultsError
from genbench.files.sealed import DamagedError, delete, drafts_in, is_stale, sweep
from genbench.store.store import DAMAGED, check_artefact, put_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Eviction", "Item", "StoreCheck", "evict", "remove", "take_stock", "tidy", "verify"]

_TRASH = "trash"
_SHELF = re.compile(r"[0-9a-f]{2}")
_ARTEFACT = re.compile(r"[0-9a-f]{64}")  # the key
# in the trash: a key, of a draft its beginning alone, then random digits
_TRASHED = re.compile(r"\.?[0-9a-f]{48}.*-[0-9a-f]{8}")
_ASIDE = re.compile(r"[0-9a-f]{64}-[0-9a-f]{8}")  # a damaged artefact: its key, then random digits


@dataclass(frozen=True, kw_only=True)
class Item:
    """An artefact, a draft or a damaged artefact in a store.

    kind     kind of artefact: data, samples, features, …; "" for a damaged one
    state    "whole" (its content is not checked), "damaged" or "draft"
    used_ns  time of the last use or write; it may be wrong, and decides only the order of eviction
    """

    path: Path
    kind: str
    state: str
    size_bytes: int
    used_ns: int


@dataclass(frozen=True, kw_only=True)
class StoreCheck:
    """The result of verifying a store.

    whole    number of intact artefacts
    damaged  the artefacts that were put aside, each with its fault
    """

    whole: int
    damaged: tuple[tuple[Item, str], ...]


@dataclass(frozen=True, kw_only=True)
class Eviction:
    """The items that were removed, in order, and the bytes that remain."""

    removed: tuple[Item, ...]
    left_bytes: int


def take_stock(root: Path) -> list[Item]:
    """Return the items of a store, least recently used first; none if the folder does not exist.

    Raises DataError if the folder cannot be read.
    """
    if not root.exists():
        return []
    try:
        items = list(_list_damaged_items(root))
        for kind in _list_kinds(root):
            items += _list_shelf_items(kind)
    except OSError as error:
        raise DataError(
            f"the store {root} cannot be read: {error.strerror or error}; make it readable, or set "
            "GENBENCH_STORE to another folder"
        ) from error
    return sorted(items, key=lambda item: (item.used_ns, item.path.name))


def verify(root: Path, items: Sequence[Item], report: Callable[[int], None]) -> StoreCheck:
    """Read all artefacts among `items`, compare them with their hashes and put aside the damaged ones.

    report(bytes) receives the number of bytes read so far. Raises ResultsError if an artefact cannot be read
    or put aside, and NewerError if a newer genbench wrote it.
    """
    whole, damaged, done = 0, [], 0
    for item in items:
        if item.state != "whole":
            continue
        try:
            whole += check_artefact(item.path) is not None  # adds 1, or 0 if it was evicted meanwhile
        except DamagedError as error:
            put_aside(root, item.path)  # so that the next run recomputes it
            damaged.append((item, str(error)))
        done += item.size_bytes
        report(done)
    return StoreCheck(whole=whole, damaged=tuple(damaged))


def evict(root: Path, limit_bytes: int) -> Eviction:
    """Remove items (artefacts and temporary drafts) of a store until it has at most `limit_bytes`.

    The order is: damaged artefacts, drafts without a write for a day, artefacts, each least recently used
    first. Readers see an artefact whole or not at all. Raises DataError if the store cannot be read, and
    ResultsError if it cannot be changed.
    """
    items = take_stock(root)
    _empty_trash(root)  # `take_stock` does not count it, and its files are of no use
    left_bytes = sum(item.size_bytes for item in items)
    removed = []
    # `sorted` keeps the order of items of one state: least recently used first.
    for item in sorted(items, key=lambda item: ("damaged", "draft", "whole").index(item.state)):
        if left_bytes <= limit_bytes:
            break
        if item.state == "draft" and not is_stale(item.path):
            continue  # a process may still write it
        if remove(root, item.path):
            removed.append(item)
        left_bytes -= item.size_bytes  # also if another process has just removed it
    return Eviction(removed=tuple(removed), left_bytes=left_bytes)


def tidy(root: Path) -> None:
    """Remove what killed processes left in a store: drafts without a write for a day, and the trash.

    Items that cannot be read or removed are left.
    """
    with contextlib.suppress(OSError):
        _empty_trash(root)
        sweep(shelf for kind in _list_kinds(root) for shelf in _list_shelves(kind))


def _list_kinds(root: Path) -> list[Path]:
    """Return the folders of a store that hold one kind of artefact each, sorted by name."""
    return [path for path in sorted(root.iterdir()) if path.name not in (DAMAGED, _TRASH) and path.is_dir()]


def _list_shelves(kind: Path) -> list[Path]:
    """Return the sorted folders of one kind of artefacts, each named by the first two digits of its keys."""
    return [path for path in sorted(kind.iterdir()) if _SHELF.fullmatch(path.name) and path.is_dir()]


def _list_shelf_items(kind: Path) -> Iterator[Item]:
    """Yield the artefacts and temporary drafts in a store's folder of one kind; other files are left out."""
    for shelf in _list_shelves(kind):
        for path in sorted(shelf.iterdir()):
            # a shelf, the folder of some artefacts, is named by the first two digits of their keys
            if _ARTEFACT.fullmatch(path.name) and path.name.startswith(shelf.name):
                yield _make_item(path, kind.name, "whole")
        yield from (_make_item(path, kind.name, "draft") for path in drafts_in(shelf))


def _list_damaged_items(root: Path) -> Iterator[Item]:
    """Yield the artefacts that were put aside as damaged."""
    folder = root / DAMAGED
    if folder.is_dir():
        yield from (
            _make_item(path, "", "damaged") for path in folder.iterdir() if _ASIDE.fullmatch(path.name)
        )


def _make_item(path: Path, kind: str, state: str) -> Item:
    """Return a path as an item, with its size and last use; both are 0 if it is removed meanwhile.

    The time of the last write is that of the last use, since a cache hit touches the artefact.
    """
    size, used = 0, 0
    with contextlib.suppress(OSError):
        used = path.lstat().st_mtime_ns
    with contextlib.suppress(OSError):
        stats = [file.lstat() for file in (path, *path.rglob("*"))]
        size = sum(stat.st_size for stat in stats if not S_ISDIR(stat.st_mode))
    return Item(path=path, kind=kind, state=state, size_bytes=size, used_ns=used)


def remove(root: Path, path: Path) -> bool:
    """Move a path to the trash and delete it; return whether it still existed.

    The rename comes first, so that readers see the artefact whole or not at all. Raises ResultsError if the
    path cannot be moved; what cannot be deleted stays in the trash.
    """
    trash = root / _TRASH
    try:
        trash.mkdir(exist_ok=True)
        trashed = trash / f"{path.name}-{secrets.token_hex(4)}"
        path.rename(trashed)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ResultsError(f"{path} cannot be removed: {error.strerror or error}") from error
    delete(trashed)
    return True


def _empty_trash(root: Path) -> None:
    """Delete what earlier evictions moved to the trash and did not delete, such as after a kill."""
    trash = root / _TRASH
    if trash.is_dir():
        for path in trash.iterdir():
            if _TRASHED.fullmatch(path.name):
                delete(path)
