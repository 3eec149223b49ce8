"""Sealed files of a run's folder, each named by its key: read, or put aside where they are damaged.

What is not as it had been written is moved from <run>/<kind>/<key>.json to <run>/damaged/.
"""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.results.sealed_files import made
from genbench.files.sealed import DamagedError, read_sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["damaged_files", "read_keyed"]

T = TypeVar("T")

_DAMAGED = "damaged"


def read_keyed(path: Path, schema: str, make: Callable[[Any], tuple[str, T]]) -> T | None:
    """Return what <run>/<kind>/<key>.json holds, or None if there is no whole one under its own key.

    make(body)  returns the key that a body gives itself, and what is made of it

    Raises NewerError, and OSError if it can neither be read nor put aside.
    """
    try:
        key, found = made(make, read_sealed(path, schema))
        if key != path.stem:
            raise DamagedError("it was written under another name")
    except FileNotFoundError:
        return None
    except (DamagedError, ValueError, IsADirectoryError):
        _put_aside(path)
        return None
    return found


def damaged_files(folder: Path) -> set[str]:
    """Return the records and traces that were put aside, relative to the run's folder."""
    return {f"{_DAMAGED}/{path.name}" for path in (folder / _DAMAGED).glob("*.json")}


def _put_aside(path: Path) -> None:
    place = path.parent.parent / _DAMAGED
    place.mkdir(exist_ok=True)
    aside = place / path.name
    if aside.exists():  # it was damaged once before
        aside = aside.with_stem(f"{path.stem}-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # another run has put it aside
        path.rename(aside)
