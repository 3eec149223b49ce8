"""Rows of Parquet files, which pyarrow reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import Absent, DataError, no_log
from genbench_table.datasets.rows import BLOCK_ROWS, Block, check_width, show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from genbench import Log
    from genbench_table.columns.values import Kind

__all__ = ["ParquetRows", "open_parquet"]

_VALUE_BYTES = 8  # of a number in memory
#: Encodings of a column whose texts are all in a dictionary, or after it as they are.
_DICTIONARY = frozenset({"PLAIN", "PLAIN_DICTIONARY", "RLE", "RLE_DICTIONARY", "BIT_PACKED"})
#: Encodings of a column whose texts are in the file as they are, each as often as it occurs.
_WHOLE = frozenset({"PLAIN", "RLE", "BIT_PACKED", "DELTA_LENGTH_BYTE_ARRAY"})
_FREE_BYTES, _RATIO = 2**28, 100  # what a file may take in any case, and as a multiple of its bytes, as .npz


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file; the kinds of its columns are those of their types.

    table   a pyarrow Table of the columns whose types are read
    plain   columns that are not stored as dictionaries: the order of their levels is lost
    schema  of all columns
    """

    table: Any
    file: str
    plain: frozenset[str]
    schema: Any
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
        return {field.name: None if field.name in known else self._kind(field) for field in self.schema}

    def _kind(self, field: Any) -> Kind | tuple[str, ...] | None:
        from pyarrow import types

        if types.is_dictionary(field.type) and field.type.ordered and _is_text(field.type.value_type):
            return self._levels(field.name)
        found = _find_kind(field.type)
        if found is None and not types.is_null(field.type):
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


def _find_kind(stored: Any) -> Kind | None:
    """Return the kind of the values of a type, or of a dictionary of it; None for any other type."""
    from pyarrow import types

    kind = stored.value_type if types.is_dictionary(stored) else stored
    tests: tuple[tuple[Any, Kind], ...] = (
        (types.is_boolean, "boolean"), (types.is_integer, "integer"), (types.is_floating, "number"),
        (types.is_decimal, "number"), (types.is_date, "date"), (types.is_timestamp, "date"),
        (_is_text, "category"),
    )  # fmt: skip
    return next((name for is_kind, name in tests if is_kind(kind)), None)


def _is_read(stored: Any) -> bool:
    from pyarrow import types

    return types.is_null(stored) or _find_kind(stored) is not None


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def open_parquet(content: bytes, file: str) -> ParquetRows:
    """Return the rows of a Parquet file.

    Raises Absent if pyarrow is not installed, and DataError for what is no Parquet, and for equal names.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet, types
    except ImportError as error:
        raise Absent(f"{file}: Parquet needs pyarrow; pip install 'genbench[parquet]'") from error
    try:
        whole = parquet.ParquetFile(pa.BufferReader(content))
        names, parts = whole.schema_arrow.names, _list_parts(whole.metadata)
        check_width(len(names), file)
        repeated = next((name for name, count in Counter(names).items() if count > 1), None)
        if repeated is not None:
            raise DataError(f"{file}: two columns are named {show(repeated)}; expected different names")
        # a column of another type is refused or ignored by its name: its values are not read
        read = {field.name: field.type for field in whole.schema_arrow if _is_read(field.type)}
        _check_size([part for name in read for part in parts.get(name, ())], len(content), file)
        texts = [name for name, kind in read.items() if _is_text(kind) and all(map(_repeats, parts[name]))]
        dense = [name for name, kind in read.items() if name not in texts and not types.is_dictionary(kind)]
        _check_shared(whole, {name: parts.get(name, []) for name in dense}, len(content), file)
        # a text that repeats is kept once, until it is known how long all are together
        whole = parquet.ParquetFile(pa.BufferReader(content), read_dictionary=texts)
        table = whole.read(columns=list(read))
        _check_texts(table, len(content), file)
        for name in texts:
            place = table.column_names.index(name)
            table = table.set_column(place, name, table.column(name).cast(read[name]))
    except MemoryError as error:
        raise DataError(f"{file} takes more memory than there is; split it") from error
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0].removeprefix("Could not open Parquet input source '<Buffer>': ")
        raise DataError(f"{file} is no Parquet: {reason.rstrip('.')}; write it again") from error
    return ParquetRows(table, file, _plain_columns(parts), whole.schema_arrow)


def _list_parts(metadata: Any) -> dict[str, list[Any]]:
    """Return the parts of each column, one of each group of rows, by the column's name."""
    parts: dict[str, list[Any]] = {}
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(group.num_columns):
            part = group.column(place)
            parts.setdefault(part.path_in_schema, []).append(part)
    return parts


def _repeats(part: Any) -> bool:
    """Return whether a part of a column of texts keeps each text once, so that pyarrow can read it so."""
    return part.has_dictionary_page and _DICTIONARY.issuperset(part.encodings)


def _shares(part: Any) -> bool:
    """Return whether texts of a part share bytes: by a dictionary, or where they begin as the text before."""
    is_shared = part.has_dictionary_page or not _WHOLE.issuperset(part.encodings)
    return is_shared and part.physical_type == "BYTE_ARRAY"


def _check_size(parts: Sequence[Any], size: int, file: str) -> None:
    """Raise DataError if the parts of columns claim more values, or longer ones, than the file may have."""
    values, most = sum(part.num_values for part in parts), _most_bytes(size)
    if max(values * _VALUE_BYTES, sum(part.total_uncompressed_size for part in parts)) > most:
        raise DataError(
            f"{file} has {size:,} bytes and claims {values:,} values, which take over {most:,} bytes of "
            f"memory; expected fewer rows a file"
        )


def _check_shared(whole: Any, columns: Mapping[str, Sequence[Any]], size: int, file: str) -> None:
    """Raise DataError if texts that share bytes are too long for the file, before they are read together.

    columns  the parts of columns that pyarrow does not read as dictionaries

    A text is at most as long as its part, so a batch takes about as much memory as the file may.
    """
    length, most = 0, _most_bytes(size)
    shared = [
        (name, group) for name, parts in columns.items() for group, part in enumerate(parts) if _shares(part)
    ]
    for name, group in shared:
        rows = min(BLOCK_ROWS, 1 + most // (1 + columns[name][group].total_uncompressed_size))
        for batch in whole.iter_batches(rows, [group], [name]):
            length += batch.nbytes
            if length > most:
                raise DataError(
                    f"{file} has {size:,} bytes and texts of over {most:,} bytes, the last in column "
                    f"{show(name)}; expected at most {most:,}"
                )


def _check_texts(table: Any, size: int, file: str) -> None:
    """Raise DataError if the texts of all columns that are kept as dictionaries are too long for the file."""
    lengths = {name: _measure_texts(table.column(name)) for name in table.column_names}
    most = _most_bytes(size)
    if (length := sum(lengths.values())) > most:
        longest = max(lengths, key=lambda name: lengths[name])
        raise DataError(
            f"{file} has {size:,} bytes and texts of {length:,} bytes in all, the most in column "
            f"{show(longest)}; expected at most {most:,}"
        )


def _measure_texts(column: Any) -> int:
    """Return the bytes of all texts of a column that is kept as a dictionary; 0 for any other column."""
    import pyarrow.compute as pc
    from pyarrow import types

    if not (types.is_dictionary(column.type) and _is_text(column.type.value_type)):
        return 0
    lengths = (pc.binary_length(chunk.dictionary).take(chunk.indices) for chunk in column.chunks)
    return sum(pc.sum(each).as_py() or 0 for each in lengths)


def _most_bytes(size: int) -> int:
    """Return how many bytes a file of a size may take in memory: more is no table, but a bomb."""
    return max(_FREE_BYTES, _RATIO * size)


def _plain_columns(parts: Mapping[str, Sequence[Any]]) -> frozenset[str]:
    """Return the columns with values that are not stored as a dictionary in some group of rows."""
    return frozenset(
        name for name, each in parts.items()
        if any(part.num_values and not part.has_dictionary_page for part in each)
    )  # fmt: skip
