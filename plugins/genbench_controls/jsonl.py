"""Texts in a JSON Lines file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from genbench import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MOST_FILE_BYTES", "read_texts"]

#: A million texts of 4 KiB. A file is read whole, and takes a few times its size in memory.
MOST_FILE_BYTES = 4 * 2**30


def read_texts(path: Path, field: str) -> tuple[str, ...]:
    """Return the texts of a file of UTF-8 lines, each a JSON string or an object whose `field` is one.

    Raises DataError, naming file and line, if the file cannot be read or has more than MOST_FILE_BYTES, or if
    a line is anything else, or empty.
    """
    lines = _bytes(path).split(b"\n")  # not splitlines(): it would break at separators inside a string
    if lines[-1] == b"":
        lines.pop()
    return tuple(_text(line, field, f"{path.name}, line {number}") for number, line in enumerate(lines, 1))


def _bytes(path: Path) -> bytes:
    """Return what the file holds, if its size allows that it is read."""
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise DataError(
                f"{path.name} has {size} bytes; a file of JSON Lines may have {MOST_FILE_BYTES}; split it"
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}") from error


def _text(line: bytes, field: str, where: str) -> str:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is not UTF-8: {error.reason} at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} is not JSON: {error}; expected a string or an object a line") from error
    if isinstance(value, dict):
        if field not in value:
            raise DataError(
                f"{where} has no field {field!r}, it has {sorted(value)}; set `field` to one of them"
            )
        value = value[field]
    if not isinstance(value, str):
        raise DataError(
            f"{where} holds {type(value).__name__}; expected a string, or an object with {field!r}"
        )
    return value
