"""Reading of sealed files that are named after the key in them, and what happens to damaged ones."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.files.sealed import DamagedError, read_sealed
from genbench.results.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from genbench.files.sealed import Schema

__all__ = ["put_aside", "read_keyed"]

T = TypeVar("T")


def put_aside(path: Path) -> Path:
    """Move the damaged file <run>/<kind>/<key>.json to <run>/damaged/, and return its path there."""
    folder = RunFolder(path.parent.parent).damaged
    folder.mkdir(exist_ok=True)
    aside = folder / path.name
    if aside.exists():  # an earlier version of the file was damaged too
        aside = aside.with_stem(f"{path.stem}-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # another run has put it aside
        path.rename(aside)
    return aside


def read_keyed(
    path: Path,
    schema: Schema,
    make: Callable[[Any], tuple[str, T]],
    on_damage: Callable[[Path], object] = put_aside,
) -> T | None:
    """Return the value in <run>/<kind>/<key>.json, or None if the file is missing or damaged.

    make(body)       returns the key in a body, and the value; it raises ValueError for another form
    on_damage(path)  receives the path if the file is damaged

    Raises NewerError, and OSError if the file can neither be read nor put aside.
    """
    try:
        key, value = make(read_sealed(path, schema))
        if key != path.stem:
            raise DamagedError("it was written under another name")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (DamagedError, ValueError, IsADirectoryError):
        on_damage(path)
        return None
    return value
