"""Rows of pandas frames, read column by column: their canonical JSON, their identity, and which are equal."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.canonical_json import canonical
from genbench.core.frames import plain_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    #: The cells of a column as numbers, (n,) int64, with the JSON that the numbers count; None: equal numbers
    #: are equal cells of one dtype. The number of a missing cell among texts is -1.
    Codes = tuple[NDArray[np.int64], list[str] | None]

__all__ = ["identify_rows", "number_rows", "serialize_rows"]

_BLOCK = 2**14  # rows whose cells are in memory as JSON at a time: 50 columns of them take about 50 MB
_MISSING = "null"
_DOUBLE_BYTES = 8  # of float64; a longer float has no JSON form
# Odd numbers of SplitMix64 (Steele et al. 2014, doi:10.1145/2660193.2660195) whose bits look random.
_FACTOR, _STEP = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)
#: Writes the JSON of `canonical` without making a new encoder for each cell.
_write_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def serialize_rows(frame: Any) -> Iterator[bytes]:
    """Yield the canonical JSON of each row: `canonical(plain_row(row))`, written column by column.

    Raises ValueError for infinity, and TypeError for a cell without a JSON form.
    """
    for start in range(0, len(frame), _BLOCK):
        block = frame.iloc[start : start + _BLOCK]
        for cells in zip(*map(_write_cells, _list_columns(block)), strict=True):
            yield f"[{','.join(cells)}]".encode("ascii")


def identify_rows(frame: Any) -> bytes:
    """Return a SHA-256 of the cells of a frame, column by column: faster than the SHA-256 of each row.

    The names and the dtypes of the columns do not count: they are those of the space.
    """
    total = hashlib.sha256()
    for column in _list_columns(frame):
        codes, texts = _encode_cells(column)
        total.update(hashlib.sha256(np.ascontiguousarray(codes, "<i8").tobytes()).digest())
        total.update(hashlib.sha256(canonical(texts).encode()).digest())
    return total.digest()


def number_rows(frames: Sequence[Any]) -> list[NDArray[np.uint64]]:
    """Return a number for each row of each frame, (n,); two rows have one number if their JSON is equal.

    Rows are compared by 64-bit hashes, and rows of one hash cell by cell, so the numbers are exact.

    frames  with the same number of columns
    """
    columns = [_encode_together(same) for same in zip(*map(_list_columns, frames), strict=True)]
    numbers = _number_tuples(columns)
    return np.split(numbers, np.cumsum([len(frame) for frame in frames])[:-1])


def _number_tuples(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.uint64]:
    """Return a number for each row of columns of numbers, (n,): equal for equal rows alone."""
    import pandas as pd

    hashes = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        hashes = (hashes ^ column.view(np.uint64)) * _FACTOR + _STEP  # overflow is part of it
        hashes ^= hashes >> _SHIFT
    numbers, _ = pd.factorize(hashes)  # counts hashes in the order of their first rows
    is_repeated = pd.Series(numbers).duplicated().to_numpy()
    first, repeated = np.flatnonzero(~is_repeated), np.flatnonzero(is_repeated)
    before = first[numbers[repeated]]
    if any((column[repeated] != column[before]).any() for column in columns):
        numbers = _number_exactly(columns)
    return numbers.astype(np.uint64)


def _number_exactly(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the numbers of `_number_tuples` without hashes, for rows that have one hash by an accident."""
    _, numbers = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1).astype(np.int64)


def _encode_together(columns: Sequence[Any]) -> NDArray[np.int64]:
    """Return the cells of one column of several frames as numbers, one frame after the other."""
    coded = [_encode_cells(column) for column in columns]
    kinds = {"f" if column.dtype.kind == "f" else str(column.dtype) for column in columns}
    if len(kinds) == 1 and all(texts is None for _, texts in coded):
        return np.concatenate([codes for codes, _ in coded])
    if any(texts is None for _, texts in coded):  # a column that has several dtypes: compare the JSON
        coded = [_number_texts(_write_cells(column)) for column in columns]
    known: dict[str, int] = {}
    parts = []
    for codes, texts in coded:
        numbers = [known.setdefault(text, len(known)) for text in texts or ()]
        parts.append(np.array([*numbers, -1], np.int64)[codes])  # the number -1 takes the last one
    return np.concatenate(parts)


def _encode_cells(column: Any) -> Codes:
    """Return the cells of a column as numbers: bits of numbers and dates, counts of other cells."""
    dtype = column.dtype
    if dtype.kind in "mM" and hasattr(column.array, "asi8"):
        return column.array.asi8, None
    if _is_float(dtype):
        values = column.to_numpy(np.float64, copy=True)
        values[np.isnan(values)] = np.nan  # NaN has many bit patterns
        return values.view(np.int64), None
    if isinstance(dtype, np.dtype) and dtype.kind in "iub":
        values = column.to_numpy()
        return values.view(np.int64) if dtype == np.uint64 else values.astype(np.int64), None
    if _has_fast_counts(dtype):
        return _count_cells(column)
    return _number_texts(_write_cells(column))


def _write_cells(column: Any) -> list[str]:
    """Return the canonical JSON of each cell of a column; equal texts are written once."""
    dtype = column.dtype
    if _has_fast_counts(dtype):
        codes, texts = _count_cells(column)
        texts = [*texts, _MISSING]  # the number -1 takes the last one
        return [texts[code] for code in codes.tolist()]
    values: list[Any] = column.tolist()
    if isinstance(dtype, np.dtype) and dtype.kind in "iu":
        return list(map(repr, values))
    if _is_float(dtype) and not np.isinf(column.to_numpy()).any():
        cells = list(map(repr, values))
        for row in np.flatnonzero(column.isna().to_numpy()):
            cells[row] = _MISSING
        return cells
    if set(map(type, values)) <= {str, type(None), float}:
        different = set(values)
        if all(isinstance(value, str) or _is_missing(value) for value in different):
            texts_by_value = {
                each: _MISSING if _is_missing(each) else _write_json(each) for each in different
            }
            return [texts_by_value[value] for value in values]
    return _write_each(values)


def _write_each(values: Sequence[Any]) -> list[str]:
    """Return the canonical JSON of cells of any type, one by one: 1 and 1.0 are equal, their JSON is not."""
    return [_write_json(value) for value in plain_row(tuple(values))]


def _count_cells(column: Any) -> tuple[NDArray[np.int64], list[str]]:
    """Return the number of each cell in the order of first appearance, -1 if missing, and their JSON."""
    import pandas as pd

    codes, different = pd.factorize(column.array)
    if isinstance(different, pd.Categorical):
        return codes.astype(np.int64), _write_cells(pd.Series(different.categories.take(different.codes)))
    if isinstance(different.dtype, pd.StringDtype):
        return codes.astype(np.int64), list(map(_write_json, different.tolist()))
    return codes.astype(np.int64), _write_each(list(different))


def _has_fast_counts(dtype: Any) -> bool:
    """Return whether pandas tells equal cells of a column fast, and their JSON is equal.

    Texts in Arrow, categories, and dates of one time zone. Texts in Python may have halves of surrogates,
    which pandas confuses.
    """
    import pandas as pd

    is_in_arrow = isinstance(dtype, pd.StringDtype) and dtype.storage == "pyarrow"
    return is_in_arrow or isinstance(dtype, pd.CategoricalDtype) or dtype.kind in "mM"


def _is_float(dtype: Any) -> bool:
    """Return whether a column has floats of numpy that have a JSON form: at most float64."""
    return isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize <= _DOUBLE_BYTES


def _is_missing(value: Any) -> bool:
    """Return whether a cell is None or NaN."""
    return value is None or bool(value != value)  # noqa: PLR0124 - NaN alone differs from itself


def _number_texts(cells: Sequence[str]) -> Codes:
    """Return the number of each cell's JSON in the order of first appearance, -1 if missing, and the JSON."""
    different = [text for text in dict.fromkeys(cells) if text != _MISSING]
    numbers = {text: number for number, text in enumerate(different)} | {_MISSING: -1}
    return np.array([numbers[text] for text in cells], np.int64), different


def _list_columns(frame: Any) -> Iterator[Any]:
    """Yield the columns of a frame by position, since two may have one name."""
    return (frame.iloc[:, number] for number in range(frame.shape[1]))
