"""Rows of files in blocks, from which kinds of columns are inferred and columns are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from genbench import DataError, Steps, no_log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from genbench import Log
    from genbench_table.columns.values import Kind

__all__ = ["BLOCK_ROWS", "Block", "Rows", "check_width", "list_names", "log_blocks", "show"]

#: Rows that are in memory as Python objects at once.
BLOCK_ROWS = 20_000

#: The widest real tables, of gene expression, have 60,000 columns; each column takes milliseconds to read.
_MOST_COLUMNS = 100_000

_SHOWN = 60  # characters of a cell or a name in a message
_MOST_NAMES = 12  # in a message


@dataclass(frozen=True)
class Block:
    """Some successive rows.

    lines  for each row the number of its first line, or of the row in a file without lines
    cells  for each column the values of these rows, None for a gap
    """

    lines: list[int]
    cells: dict[str, list[Any]]


class Rows(Protocol):
    """The rows of an opened file, which can be read several times."""

    @property
    def file(self) -> str:
        """The name of the file."""

    @property
    def unit(self) -> str:
        """What a row is counted in: "line" or "row"."""

    @property
    def most(self) -> int:
        """How many rows it has at most."""

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a block at a time; raise DataError, with file and line, for rows that are none."""

    def kinds(
        self, known: Collection[str], *, log: Log = no_log
    ) -> Mapping[str, Kind | tuple[str, ...] | None]:
        """Return the columns in their order, each with its inferred kind, or None if it has no value.

        A kind is a tuple of levels, ascending, where the file says them.

        known  columns whose kind is not inferred; they get None
        log    is told of the rows that were read

        Raises DataError for a column whose kind is doubtful.
        """


def log_blocks(rows: Rows, log: Log) -> Iterator[Block]:
    """Yield the blocks of rows, and tell `log` of them."""
    most = max(1, rows.most)
    steps = Steps(log, most)
    for block in rows.blocks():
        yield block
        steps.add(len(block.lines))
    steps.reach(most)


def check_width(columns: int, file: str) -> None:
    """Raise DataError for a file with more columns than are read."""
    if columns > _MOST_COLUMNS:
        raise DataError(f"{file} has {columns:,} columns; expected at most {_MOST_COLUMNS:,}")


def show(cell: Any) -> str:
    """Return a cell or a name for a message, in one short line."""
    text = repr(cell) if isinstance(cell, str) else str(cell)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def list_names(names: Iterable[str]) -> str:
    """Return names for a message, the first ones if they are many."""
    every = [show(name) for name in names]
    more = f" and {len(every) - _MOST_NAMES:,} more" if len(every) > _MOST_NAMES else ""
    return ", ".join(every[:_MOST_NAMES]) + more
