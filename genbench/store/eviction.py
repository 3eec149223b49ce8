"""What lies in a store: counted, verified, and evicted.

Only what a store itself has put under its root is seen: artefacts, drafts of artefacts, what was put aside as
damaged, and what an eviction was about to unlink. Whatever else lies there is neither counted nor touched.
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
_ARTEFACT = re.compile(r"[0-9a-f]{64}")
_TRASHED = re.compile(r"\.?[0-9a-f]{64}.*-[0-9a-f]{8}")
_ASIDE = re.compile(r"[0-9a-f]{64}-[0-9a-f]{8}")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in a store.

    kind     of artefact: data, samples, features, …; of a draft, the kind that it would have become; of what
             was damaged, ""
    state    whole (which says only that it has its place), damaged or draft
    used_ns  when it was last used, or written to; it may be wrong, and decides only what is evicted first
    """

    path: Path
    kind: str
    state: str
    size_bytes: int
    used_ns: int


@dataclass(frozen=True, kw_only=True)
class StoreCheck:
    """What became of verifying a store: how much is whole, and what was damaged.

    damaged  the artefacts that were put aside, each with what was wrong
    """

    whole: int
    damaged: tuple[tuple[Item, str], ...]


@dataclass(frozen=True, kw_only=True)
class Eviction:
    """What was removed, in this order, and how many bytes are left."""

    removed: tuple[Item, ...]
    left_bytes: int


def take_stock(root: Path) -> list[Item]:
    """Return what lies in a store, least recently used first; nothing if there is none.

    Raises DataError if the folder cannot be read.
    """
    if not root.exists():
        return []
    try:
        found = [*_aside(root), *(item for kind in _kinds(root) for item in _on_shelves(kind))]
    except OSError as error:
        raise DataError(f"the store {root} cannot be read: {error.strerror or error}") from error
    return sorted(found, key=lambda item: (item.used_ns, item.path.name))


def verify(root: Path, items: Sequence[Item], report: Callable[[int], None]) -> StoreCheck:
    """Read all artefacts among `items`, compare them with their hashes and put aside what is damaged.

    report(bytes) is told how much has been read. Raises ResultsError if one cannot be read or put aside, and
    NewerError if a newer genbench wrote one.
    """
    whole, damaged, done = 0, [], 0
    for item in items:
        if item.state != "whole":
            continue
        try:
            whole += check_artefact(item.path) is not None  # None: evicted meanwhile
        except DamagedError as error:
            put_aside(root, item.path)
            damaged.append((item, str(error)))
        done += item.size_bytes
        report(done)
    return StoreCheck(whole=whole, damaged=tuple(damaged))


def evict(root: Path, limit_bytes: int) -> Eviction:
    """Remove what is in a store until it holds at most so many bytes.

    First what was damaged, then drafts that nobody has written to for a day, then artefacts, the least
    recently used first. Whoever reads meanwhile finds an artefact whole or not at all. Raises DataError if
    the store cannot be read, ResultsError if it cannot be changed.
    """
    items = take_stock(root)
    _empty_trash(root)
    left = sum(item.size_bytes for item in items)
    removed = []
    for item in sorted(items, key=lambda item: ("damaged", "draft", "whole").index(item.state)):
        if left <= limit_bytes:
            break
        if item.state == "draft" and not is_stale(item.path):
            continue
        if remove(root, item.path):
            removed.append(item)
        left -= item.size_bytes
    return Eviction(removed=tuple(removed), left_bytes=left)


def tidy(root: Path) -> None:
    """Remove what killed processes left in a store: drafts older than a day, and what was being evicted.

    What cannot be read or removed is left: it is in nobody's way.
    """
    with contextlib.suppress(OSError):
        _empty_trash(root)
        sweep(shelf for kind in _kinds(root) for shelf in _shelves(kind))


def _kinds(root: Path) -> list[Path]:
    return [path for path in sorted(root.iterdir()) if path.name not in (DAMAGED, _TRASH) and path.is_dir()]


def _shelves(kind: Path) -> list[Path]:
    return [path for path in sorted(kind.iterdir()) if _SHELF.fullmatch(path.name) and path.is_dir()]


def _on_shelves(kind: Path) -> Iterator[Item]:
    for shelf in _shelves(kind):
        for path in sorted(shelf.iterdir()):
            if _ARTEFACT.fullmatch(path.name) and path.name.startswith(shelf.name):
                yield _item(path, kind.name, "whole")
        yield from (_item(path, kind.name, "draft") for path in drafts_in(shelf))


def _aside(root: Path) -> Iterator[Item]:
    folder = root / DAMAGED
    if folder.is_dir():
        yield from (_item(path, "", "damaged") for path in folder.iterdir() if _ASIDE.fullmatch(path.name))


def _item(path: Path, kind: str, state: str) -> Item:
    """Return what is known of one thing; what goes while it is looked at has no size."""
    size, used = 0, 0
    with contextlib.suppress(OSError):
        used = path.lstat().st_mtime_ns
    with contextlib.suppress(OSError):
        stats = [each.lstat() for each in (path, *path.rglob("*"))]
        size = sum(found.st_size for found in stats if not S_ISDIR(found.st_mode))
    return Item(path=path, kind=kind, state=state, size_bytes=size, used_ns=used)


def remove(root: Path, path: Path) -> bool:
    """Take something out of the store and unlink it; return False if it was gone already."""
    trash = root / _TRASH
    try:
        trash.mkdir(exist_ok=True)
        place = trash / f"{path.name}-{secrets.token_hex(4)}"
        path.rename(place)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ResultsError(f"{path} cannot be removed: {error.strerror or error}") from error
    delete(place)
    return True


def _empty_trash(root: Path) -> None:
    trash = root / _TRASH
    if trash.is_dir():
        for path in trash.iterdir():
            if _TRASHED.fullmatch(path.name):
                delete(path)
