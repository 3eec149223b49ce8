"""Rows of Parquet files, which pyarrow reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import Absent, DataError, no_log
from genbench_table.datasets.rows import BLOCK_ROWS, Block, show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from genbench import Log
    from genbench_table.columns.values import Kind

__all__ = ["ParquetRows", "open_parquet"]


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file; the kinds of its columns are those of their types.

    table  a pyarrow Table
    plain  columns that are not stored as dictionaries: the order of their levels is lost
    """

    table: Any
    file: str
    plain: frozenset[str] = frozenset()
    unit: str = "row"

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a block at a time; NaN is a gap."""
        first = 1
        for batch in self.table.to_batches(max_chunksize=BLOCK_ROWS):
            cells = {
                name: [None if cell != cell else cell for cell in column.to_pylist()]  # noqa: PLR0124 - NaN
                for name, column in zip(self.table.column_names, batch.columns, strict=True)
            }
            yield Block(list(range(first, first + len(batch))), cells)
            first += len(batch)

    @property
    def most(self) -> int:
        """How many rows it has."""
        return int(self.table.num_rows)

    def kinds(self, known: Collection[str], *, log: Log = no_log) -> dict[str, Kind | tuple[str, ...] | None]:
        """Return the columns with the kinds of their types, and the levels of those that have an order.

        Raises DataError for lists and other types, and for an order without levels.
        """
        log(1, 1)
        return {field.name: None if field.name in known else self._kind(field) for field in self.table.schema}

    def _kind(self, field: Any) -> Kind | tuple[str, ...] | None:
        from pyarrow import types

        if types.is_dictionary(field.type) and field.type.ordered and _is_text(field.type.value_type):
            return self._levels(field.name)
        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        tests: tuple[tuple[Any, Kind], ...] = (
            (types.is_boolean, "boolean"), (types.is_integer, "integer"), (types.is_floating, "number"),
            (types.is_decimal, "number"), (types.is_date, "date"), (types.is_timestamp, "date"),
            (_is_text, "category"),
        )  # fmt: skip
        found = next((name for is_kind, name in tests if is_kind(kind)), None)
        if found is None and not types.is_null(kind):
            raise DataError(
                f"{self.file}: column {show(field.name)} is {field.type}; expected numbers, truth values, "
                f"dates or texts"
            )
        return found

    def _levels(self, name: str) -> tuple[str, ...] | Kind:
        """Return the levels of an ordered dictionary, ascending; a column without levels has no order."""
        levels, *others = [chunk.dictionary.to_pylist() for chunk in self.table.column(name).chunks] or [[]]
        if name in self.plain or any(other != levels for other in others) or None in levels:
            raise DataError(
                f"{self.file}: column {show(name)} has an order, and the file does not hold its levels; "
                f"write it with dictionaries, or state the levels in a schema"
            )
        return tuple(levels) or "category"


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def open_parquet(content: bytes, file: str) -> ParquetRows:
    """Return the rows of a Parquet file.

    Raises Absent if pyarrow is not installed, and DataError for what is no Parquet, and for equal names.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise Absent(f"{file}: Parquet needs pyarrow; pip install 'genbench[parquet]'") from error
    try:
        whole = parquet.ParquetFile(pa.BufferReader(content))
        table, plain = whole.read(), _plain_columns(whole.metadata)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0].removeprefix("Could not open Parquet input source '<Buffer>': ")
        raise DataError(f"{file} is no Parquet: {reason.rstrip('.')}; write it again") from error
    names = table.column_names
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise DataError(f"{file}: two columns are named {show(repeated)}; expected different names")
    return ParquetRows(table, file, plain)


def _plain_columns(metadata: Any) -> frozenset[str]:
    """Return the columns with values that are not stored as a dictionary in some group of rows."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    parts = [group.column(number) for group in groups for number in range(group.num_columns)]
    return frozenset(
        part.path_in_schema for part in parts if part.num_values and not part.has_dictionary_page
    )
