"""Readers for published CSV, JSON and JSON Lines files, whose errors name file and line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, TypeVar

from genbench import DataError, read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np

    Row = tuple[str, dict[str, Any]]

__all__ = ["fields", "read_csv", "read_json", "read_json_lines", "read_text", "some"]

_Item = TypeVar("_Item")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file; raise DataError if it is not UTF-8, empty, or a web page."""
    try:
        text = read_regular(path).decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}; expected a readable file") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not UTF-8 text: invalid byte at {error.start}; save it as UTF-8"
        ) from error
    start = text.lstrip()[:16].lower()
    if not start:
        raise DataError(f"{path.name} is empty; expected the file that the authors publish")
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise DataError(f"{path.name} is a web page; expected the data file itself (download the raw file)")
    return text


def read_csv(path: Path) -> list[Row]:
    """Return the rows of a CSV file with a header, each with its location for messages."""
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        rows = [(f"{path.name}, line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise DataError(f"{path.name}, line {reader.line_num}: {error}; expected a CSV file") from error
    return _some_rows(path, rows)


def read_json_lines(path: Path) -> list[Row]:
    """Return the objects of a JSON Lines file, each with its location for messages."""
    lines = read_text(path).split("\n")
    rows = [
        (place, _object(line, place))
        for place, line in ((f"{path.name}, line {number}", line) for number, line in enumerate(lines, 1))
        if line.strip()
    ]
    return _some_rows(path, rows)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file."""
    return _object(read_text(path), path.name)


def fields(row: Mapping[str, Any], names: Sequence[str], place: str) -> tuple[str, ...]:
    """Return the texts of a row under `names`, stripped.

    Raises DataError, with the location, if one is missing, empty, not a string, or not encodable as UTF-8.
    """
    return tuple(_field(row, name, place) for name in names)


def some(rows: Sequence[_Item], count: int | None, rng: np.random.Generator) -> list[_Item]:
    """Return `count` of the rows, drawn without replacement and in their order; None: all."""
    if count is None or count >= len(rows):
        return list(rows)
    return [rows[index] for index in sorted(rng.choice(len(rows), count, replace=False))]


def _field(row: Mapping[str, Any], name: str, place: str) -> str:
    if name not in row:
        known = ", ".join(str(key) for key in row if key)
        raise DataError(f"{place}: no field {name!r}; it has {known or 'none'}")
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{place}: field {name!r} is {value!r:.40}; expected a non-empty string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"{place}: field {name!r} cannot be encoded as UTF-8: {error.reason}; repair the text"
        ) from error
    return value.strip()


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: invalid JSON: {error}; expected one object a line") from error
    if not isinstance(found, dict):
        raise DataError(f"{place}: expected a JSON object, got {type(found).__name__}")
    return found


def _some_rows(path: Path, rows: list[Row]) -> list[Row]:
    if not rows:
        raise DataError(f"{path.name} has no rows; expected the file that the authors publish")
    return rows
