"""Rows of Parquet files, which pyarrow reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import Absent, DataError
from genbench_table.datasets.rows import BLOCK_ROWS, Block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from genbench_table.columns.kinds import Kind

__all__ = ["ParquetRows", "open_parquet"]


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file; the kinds of its columns are those of their types.

    table  a pyarrow Table
    """

    table: Any
    file: str
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

    def kinds(self, known: Collection[str]) -> dict[str, Kind | None]:
        """Return the columns with the kinds of their types; raise DataError for lists and other types."""
        return {field.name: None if field.name in known else self._kind(field) for field in self.table.schema}

    def _kind(self, field: Any) -> Kind | None:
        from pyarrow import types

        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        tests: tuple[tuple[Any, Kind], ...] = (
            (types.is_boolean, "boolean"), (types.is_integer, "integer"), (types.is_floating, "number"),
            (types.is_decimal, "number"), (types.is_date, "date"), (types.is_timestamp, "date"),
            (types.is_string, "category"), (types.is_large_string, "category"),
        )  # fmt: skip
        found = next((name for is_kind, name in tests if is_kind(kind)), None)
        if found is None and not types.is_null(kind):
            raise DataError(
                f"{self.file}: column {field.name!r} is {field.type}; expected numbers, truth values, dates "
                f"or texts"
            )
        return found


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
        table = parquet.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{file} is no Parquet: {str(error).splitlines()[0]}; write it again") from error
    names = table.column_names
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise DataError(f"{file}: two columns are named {repeated!r}; expected different names")
    return ParquetRows(table, file)
