"""Columns of a frame, built from the cells of one block of rows after another.

Their dtypes depend on the kind alone: float64, Int64, boolean, datetime64[ns], and object for categories.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import DataError
from genbench_table.datasets.forms import DATE, INTEGER, NUMBER, TRUTHS
from genbench_table.datasets.rows import list_names, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench_table.columns.values import Kind
    from genbench_table.datasets.rows import Block, Rows

__all__ = ["Builder"]

_OF_NUMBERS = re.compile(r"[0-9eE.,+-]*")  # the characters of numbers without spaces, with a comma between
_ZONE = re.compile(r"[T ].*(Z|[+-]\d\d(:?\d\d)?)$")
_LEAST, _MOST = -(2**63), 2**63 - 1  # of int64
_WHAT = {
    "number": "a finite number", "integer": "an integer of 64 bits", "boolean": "true or false",
    "date": "a date such as 2024-05-31 or 2024-05-31T12:30:00Z, from 1678 to 2261", "category": "a text",
}  # fmt: skip


@dataclass
class Builder:
    """A column in the making.

    rows    the file that it comes from
    name    of the column
    kind    of its values
    levels  the only texts that it may hold, ascending; () for any
    """

    rows: Rows
    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    _parts: list[Any] = field(default_factory=list)
    _gaps: list[Any] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Add the cells of a block; raise DataError, with file and line, for one that is of another kind."""
        cells = block.cells.get(self.name) or [None] * len(block.lines)
        try:
            self._parts.append(self._array(cells))
        except (ValueError, OverflowError) as error:
            line, cell = next(
                found for found in zip(block.lines, cells, strict=True) if self._refuses(found[1])
            )
            raise DataError(
                f"{self.rows.file}, {self.rows.unit} {line}: column {show(self.name)} holds {show(cell)}; "
                f"expected {self._expectation(cell)}"
            ) from error
        self._gaps.append(np.array([cell is None for cell in cells], dtype=bool))

    def series(self) -> Any:
        """Return the column of all rows that were added."""
        import pandas as pd

        values, gaps = np.concatenate(self._parts), np.concatenate(self._gaps)
        if self.kind == "integer":
            return pd.Series(pd.arrays.IntegerArray(values, gaps))
        if self.kind == "boolean":
            return pd.Series(pd.arrays.BooleanArray(values, gaps))
        return pd.Series(values, dtype=values.dtype)

    @property
    def _read(self) -> Callable[[Any], Any]:
        readers = {"number": _number, "integer": _integer, "boolean": _truth, "date": _date}
        return readers.get(self.kind, self._text)

    def _text(self, cell: Any) -> str:
        """Return a category; equal ones are one object, which saves memory."""
        text = cell if isinstance(cell, str) else _plain(cell)
        known = self._texts.get(text)
        if known is None:
            text.encode("utf-8")  # JSON can hold half a surrogate pair, which raises UnicodeEncodeError
            if self.levels and text not in self.levels:
                raise ValueError("no level")
            known = self._texts[text] = text
        return known

    def _array(self, cells: list[Any]) -> Any:
        numbers = _read_plain_numbers(cells) if self.kind == "number" else None
        if numbers is not None:
            return numbers
        read = self._read
        if self.kind == "category" and set(map(type, cells)) == {str}:  # in a file with types, 1 equals True
            texts = {cell: read(cell) for cell in set(cells)}
            return _objects([texts[cell] for cell in cells])
        values = [None if cell is None else read(cell) for cell in cells]
        if self.kind == "number":
            return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
        if self.kind == "integer":
            return np.array([0 if value is None else value for value in values], dtype=np.int64)
        if self.kind == "boolean":
            return np.array([bool(value) for value in values], dtype=bool)
        return _dates(values) if self.kind == "date" else _objects(values)

    def _refuses(self, cell: Any) -> bool:
        try:
            self._array([cell])
        except (ValueError, OverflowError):
            return True
        return False

    def _expectation(self, cell: Any) -> str:
        if self.levels:
            return f"one of {list_names(self.levels)}, as its levels in the schema say"
        remedy = "; state another kind of the column in a schema"
        return (
            _WHAT[self.kind] + remedy + (", or add it to the option missing" if isinstance(cell, str) else "")
        )


def _read_plain_numbers(cells: list[Any]) -> NDArray[np.float64] | None:
    """Return cells that are all texts of finite numbers, ten times as fast as one by one; None for others.

    Of these characters, `float` reads the texts that are numbers here, and refuses the others.
    """
    try:
        if not _OF_NUMBERS.fullmatch(",".join(cells)):
            return None
        numbers = np.array(list(map(float, cells)), np.float64)
    except (TypeError, ValueError):  # a gap or a number of a file with types; a text that is no number
        return None
    return numbers if np.isfinite(numbers).all() else None


def _number(cell: Any) -> float:
    if isinstance(cell, bool) or (isinstance(cell, str) and not NUMBER.fullmatch(cell.strip())):
        raise ValueError("no number")
    value = _float(cell)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _integer(cell: Any) -> int:
    if isinstance(cell, str):
        if not INTEGER.fullmatch(cell.strip()):
            raise ValueError("no integer")
        cell = int(cell.strip().partition(".")[0])
    value = cell if isinstance(cell, int) else _float(cell)
    if isinstance(cell, bool) or value != math.floor(value) or not _LEAST <= value <= _MOST:
        raise ValueError("no integer")
    return int(value)


def _truth(cell: Any) -> bool:
    found = TRUTHS.get(cell.strip().lower() if isinstance(cell, str) else _plain(cell))
    if found is None:
        raise ValueError("no truth value")
    return found


def _date(cell: Any) -> Any:
    if isinstance(cell, str):
        if not DATE.fullmatch(cell.strip()):
            raise ValueError("no date")
        return cell.strip()
    if not hasattr(cell, "isoformat"):
        raise ValueError("no date")
    return cell


def _dates(values: list[Any]) -> Any:
    """Return dates as datetime64[ns], those with a zone in UTC, and NaT for gaps."""
    import pandas as pd

    texts = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    found = np.full(len(texts), "NaT", dtype="datetime64[ns]")
    zoned = np.array([text is not None and bool(_ZONE.search(text)) for text in texts], dtype=bool)
    plain = np.array([text is not None for text in texts], dtype=bool) & ~zoned
    for chosen in (zoned, plain):  # apart, because pandas 2 gives a text the zone of the one before
        if chosen.any():
            index = pd.to_datetime([texts[i] for i in np.flatnonzero(chosen)], format="ISO8601", utc=True)
            found[chosen] = index.tz_localize(None).as_unit("ns").to_numpy()
    return found


def _objects(values: list[Any]) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _float(cell: Any) -> float:
    try:
        return float(cell)
    except TypeError as error:  # a date, bytes
        raise ValueError("no number") from error


def _plain(cell: Any) -> str:
    """Return a value that is no text as one: a number and a truth value as in JSON, a date as in ISO 8601."""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    if isinstance(cell, bool | int | float):
        return json.dumps(cell)
    raise ValueError("no text")
