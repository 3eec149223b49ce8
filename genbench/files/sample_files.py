"""Samples as files: npy for arrays, JSON Lines for strings and table rows; never a pickle.

The files show the container: offsets.npy beside data.npy belongs to ragged arrays, columns in space.json to a
table.

Sample files are untrusted input, since published results may include them. So each file is compared with
space.json, and an array's header with the size of its file, before the samples are used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged
from genbench.core.containers import find_container
from genbench.core.errors import DataError, Invalid
from genbench.core.frames import make_frame, plain_row
from genbench.core.samples import COLUMNS, Samples
from genbench.core.spaces import Space
from genbench.files.read import check_regular, read_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["holds_samples", "list_sample_folders", "read_array", "read_samples", "write_samples"]

_MOST_SPACE_BYTES = 2**20  # enough for some ten thousand class names
_SPACE, _DATA, _OFFSETS, _ROWS = "space.json", "data.npy", "offsets.npy", "data.jsonl"


def write_samples(folder: Path, samples: Samples) -> None:
    """Write samples, their space and their columns into `folder`, which it creates.

    Arrays become npy files; strings, and the rows of a frame, become lines of JSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SPACE).write_text(json.dumps(samples.space.to_json()), encoding="ascii")
    for name, array in _list_arrays(samples).items():
        np.save(folder / name, array, allow_pickle=False)
    if not isinstance(samples.data, np.ndarray | Ragged):
        rows: Iterable[Any] = samples.data
        if not isinstance(samples.data, tuple):  # a pandas frame
            rows = map(plain_row, samples.data.itertuples(index=False, name=None))
        text = "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows)
        (folder / _ROWS).write_text(text, encoding="ascii")


def holds_samples(path: Path) -> bool:
    """Return whether a path is a folder that `write_samples` wrote, or the data file in such a folder.

    Such a folder contains a space.json.
    """
    folder = path if path.is_dir() else path.parent
    return (path == folder or path.name in (_DATA, _ROWS)) and (folder / _SPACE).is_file()


def list_sample_folders(folder: Path) -> list[Path]:
    """Return the sub-folders of a folder that contain samples, sorted by name.

    `write_samples` writes a space.json into each of them.
    """
    return sorted(file.parent for file in folder.glob(f"*/{_SPACE}"))


def read_samples(folder: Path) -> Samples:
    """Return the samples that `write_samples` wrote; arrays are memory-mapped and read-only.

    Raises DataError, naming the file, if one is missing, is no regular file, or does not fit the others.
    `Modality.admit` checks everything else.
    """
    space = _read_space(folder / _SPACE)
    data: Any
    if (folder / _ROWS).exists():
        rows = list(_read_rows(folder / _ROWS))
        frame_columns = space.get("columns")  # only the space of a frame has some; else the rows are strings
        data = _check_strings(rows, space) if frame_columns is None else _make_frame(rows, frame_columns)
    else:
        data = _read_numbers(folder, space)
    files = {name: folder / f"{name}.npy" for name in COLUMNS}  # of labels; written if there are any
    columns = {name: _read_column(file, len(data)) for name, file in files.items() if file.exists()}
    return Samples(data, space, **columns)


def _list_arrays(samples: Samples) -> dict[str, NDArray[Any]]:
    """Return the arrays of samples by file name: their columns, such as labels, and the data if an array.

    Strings and frames are no arrays: `write_samples` writes them as JSON Lines.
    """
    data = samples.data
    arrays = {f"{name}.npy": column for name, column in samples.columns.items()}
    if isinstance(data, Ragged):
        return arrays | {_DATA: data.values, _OFFSETS: data.offsets}
    return arrays | ({_DATA: data} if isinstance(data, np.ndarray) else {})


def _read_column(path: Path, n: int) -> NDArray[np.int64]:
    """Return a column of n whole numbers; raise DataError if the file contains something else."""
    column = read_array(path)
    if column.dtype != np.int64 or column.shape != (n,):
        raise DataError(f"{path.name} holds {column.dtype} of shape {column.shape}; expected int64 of shape "
                        f"({n},)")  # fmt: skip
    return column


def _read_numbers(folder: Path, space: Space) -> Any:
    """Return the array in a folder, or a Ragged (items of several lengths) if the folder has offsets too.

    Raises DataError if the values are no numbers, or if an item has another shape than in `space`.
    """
    values = read_array(folder / _DATA)
    data: Any = values
    if (folder / _OFFSETS).exists():
        data = _make_ragged(values, read_array(folder / _OFFSETS))
    # the kinds of numbers are bool, int, unsigned int and float
    if values.ndim == 0 or find_container(data).shape(data) != space.shape or values.dtype.kind not in "biuf":
        raise DataError(f"{_DATA} holds {values.dtype} of shape {values.shape}; expected {space} samples, as "
                        f"space.json says")  # fmt: skip
    return data


def _make_ragged(values: NDArray[Any], offsets: NDArray[Any]) -> Ragged:
    """Return ragged arrays; raise DataError if the offsets do not divide the values."""
    data = Ragged(values, offsets)
    try:
        data.check()
    except Invalid as error:
        raise DataError(f"{_OFFSETS} and {_DATA} do not fit: {error}; make them again") from error
    return data


def read_array(path: Path) -> NDArray[Any]:
    """Return the array in an npy file, memory-mapped and read-only.

    Raises DataError, naming the file, unless it contains exactly one complete array of numbers.
    """
    try:
        size = check_regular(path).st_size
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise _unreadable_error(path, error.strerror or "it is no npy file") from error
    except MemoryError:  # first, since the file may be complete: the process lacks memory
        raise
    except Exception as error:  # numpy evaluates the header as Python, which can raise many types
        objects = " without Python objects, which are never unpickled" if "Python obj" in str(error) else ""
        raise _unreadable_error(path, f"expected one whole array{objects}") from error
    if not isinstance(mapped, np.memmap):
        raise _unreadable_error(path, "it is an archive of arrays; expected one array")
    end = mapped.offset + mapped.nbytes  # a file that was cut, or has more than the array, is damaged
    if end != size:
        raise _unreadable_error(path, f"it has {size} bytes, {end} of them an array")
    # as a plain array: results of computations with an np.memmap would be np.memmap too
    array: NDArray[Any] = mapped.view(np.ndarray)
    return array


def _read_space(path: Path) -> Space:
    """Return the Space (modality, shape, parameters) in space.json; raise DataError if it cannot be read."""
    try:
        return Space.from_json(json.loads(read_regular(path, _MOST_SPACE_BYTES)))
    except OSError as error:
        raise _unreadable_error(path, error.strerror or str(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable_error(path, f"it describes no space: {error}") from error


def _read_rows(path: Path) -> Iterator[Any]:
    """Yield the values in a JSON Lines file; raise DataError if it cannot be read."""
    try:
        lines = read_regular(path).decode("ascii").split("\n")
        if not lines[-1]:  # after the last line feed; a line that was cut remains, and fails to parse
            lines.pop()
        yield from map(json.loads, lines)
    except OSError as error:
        raise _unreadable_error(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable_error(path, f"it is no JSON Lines: {error}") from error


def _check_strings(rows: list[Any], space: Space) -> tuple[str, ...]:
    """Return the rows of data.jsonl as a tuple of str; raise DataError for a row of another type."""
    for number, row in enumerate(rows, 1):
        if not isinstance(row, str):
            raise DataError(f"{_ROWS}, line {number} holds {type(row).__name__}; expected {space}")
    return tuple(rows)


def _make_frame(rows: list[Any], columns: Any) -> Any:
    """Return the rows of data.jsonl as a pandas frame; raise DataError if one does not fit the columns.

    columns  the (name, dtype) of each
    """
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            raise DataError(f"{_ROWS}, line {number} is no row of {len(columns)} cells; make it again")
    try:
        return make_frame(rows, columns)
    except Invalid as error:
        raise DataError(f"{_ROWS}: {error}; make it again") from error


def _unreadable_error(path: Path, why: str) -> DataError:
    """Return the error for a file that cannot be read; a reason of several lines is cut after the first."""
    (first, *_) = why.splitlines()
    return DataError(f"{path.name} cannot be read: {first}; make it again")
