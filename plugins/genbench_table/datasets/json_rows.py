"""Rows of JSON Lines: an object a line."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import DataError, no_log
from genbench_table.datasets.forms import form_of_value
from genbench_table.datasets.inference import infer_columns
from genbench_table.datasets.rows import BLOCK_ROWS, Block, check_width

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from genbench import Log
    from genbench_table.columns.values import Kind

__all__ = ["JsonRows"]

_MOST_CELLS = 2**28  # of a block, which has each key in each line: 2 GiB of pointers


@dataclass(frozen=True)
class JsonRows:
    """The objects of a file of JSON Lines; a key that an object lacks is a gap, as null and NaN are."""

    content: bytes
    file: str
    unit: str = "line"

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a block at a time; raise DataError for a line that is no object of plain values."""
        lines = enumerate(io.BytesIO(self.content.removeprefix(b"\xef\xbb\xbf")), 1)
        while chunk := list(itertools.islice(lines, BLOCK_ROWS)):
            objects = [self._object(line, number) for number, line in chunk]
            names = dict.fromkeys(itertools.chain.from_iterable(objects))
            check_width(len(names), self.file)
            if len(names) * len(objects) > _MOST_CELLS:
                raise DataError(
                    f"{self.file} has {len(names):,} keys in {len(objects):,} lines; expected few different "
                    f"keys, or a CSV file"
                )
            cells = {name: [each.get(name) for each in objects] for name in names}
            yield Block([number for number, _ in chunk], cells)

    @property
    def most(self) -> int:
        """How many rows it has at most: one a line."""
        return self.content.count(b"\n") + 1

    def kinds(self, known: Collection[str], *, log: Log = no_log) -> dict[str, Kind | None]:
        """Return the columns, which are the keys of all objects, with their inferred kinds."""
        return infer_columns(self, known, form_of_value, is_typed=True, log=log)

    def _object(self, line: bytes, number: int) -> dict[str, Any]:
        where = f"{self.file}, line {number}"
        try:
            value = json.loads(line, object_pairs_hook=_pairs, parse_constant=_constant)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where} is not JSON: {error}; expected an object a line") from error
        if not isinstance(value, dict):
            raise DataError(f"{where} holds a {type(value).__name__}; expected an object")
        for name, cell in value.items():
            if isinstance(cell, list | dict):
                raise DataError(
                    f"{where}: column {name!r} holds a {type(cell).__name__}; expected a number, a text, "
                    f"true, false or null"
                )
        return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice; expected each key once")
    for name in found:
        name.encode("utf-8")  # half a surrogate pair raises UnicodeEncodeError, a ValueError
    return found


def _constant(name: str) -> None:
    """Return None for NaN; raise ValueError for infinity."""
    if name != "NaN":
        raise ValueError(f"{name} is no value of a table; expected a number, a text, true, false or null")
