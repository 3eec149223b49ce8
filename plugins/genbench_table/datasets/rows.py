"""Rows of files in blocks, from which kinds of columns are inferred and columns are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from genbench_table.columns.kinds import Kind

__all__ = ["BLOCK_ROWS", "Block", "Rows"]

#: Rows that are in memory as Python objects at once.
BLOCK_ROWS = 20_000


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

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a block at a time; raise DataError, with file and line, for rows that are none."""

    def kinds(self, known: Collection[str]) -> dict[str, Kind | None]:
        """Return the columns in their order, each with its inferred kind, or None if it has no value.

        known  columns whose kind is not inferred; they get None

        Raises DataError for a column whose kind is doubtful.
        """
