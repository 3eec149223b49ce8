"""Samples as files: npy for arrays, JSON Lines for strings and table rows; never a pickle.

Sample files are untrusted input, since published results may include them. So each file is compared with
space.json, and an array's header with the size of its file, before the samples are used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.errors import DataError
from genbench.core.samples import Samples, plain_row
from genbench.core.spaces import DTYPES, Space
from genbench.files.read import check_regular, read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_array", "read_samples", "write_samples"]

_MOST_SPACE_BYTES = 2**20  # enough for some ten thousand class names
_SIZED = "SUV"  # numpy type codes with a length in their names, which could exhaust memory


def write_samples(folder: Path, samples: Samples) -> None:
    """Write samples, their space and their labels into `folder`, which is created."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "space.json").write_text(json.dumps(samples.space.to_json()), encoding="ascii")
    if isinstance(samples.data, np.ndarray):
        np.save(folder / "data.npy", samples.data, allow_pickle=False)
    else:
        rows = samples.data if isinstance(samples.data, tuple) else map(plain_row, _tuples(samples.data))
        text = "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows)
        (folder / "data.jsonl").write_text(text, encoding="ascii")
    if samples.labels is not None:
        np.save(folder / "labels.npy", samples.labels, allow_pickle=False)


def read_samples(folder: Path) -> Samples:
    """Return the samples that `write_samples` wrote; arrays are memory-mapped and read-only.

    Raises DataError, naming the file, if one is missing, is no regular file, or does not match the space in
    space.json. Bounds and finiteness are checked by `samples.check`.
    """
    space = _space(folder / "space.json")
    labels = read_array(folder / "labels.npy") if (folder / "labels.npy").exists() else None
    if space.kind in DTYPES:
        data: Any = read_array(folder / "data.npy")
        if str(data.dtype) not in DTYPES[space.kind] or data.shape[1:] != space.shape or not data.ndim:
            raise DataError(f"data.npy holds {data.dtype} of shape {data.shape}; expected {space} samples, "
                            f"as space.json says")  # fmt: skip
    else:
        rows = list(_rows(folder / "data.jsonl"))
        data = _frame(rows, space) if space.kind == "table" else _strings(rows, space)
    if labels is not None and (labels.dtype != np.int64 or labels.shape != (len(data),)):
        raise DataError(f"labels.npy holds {labels.dtype} of shape {labels.shape}; expected int64 of shape "
                        f"({len(data)},)")  # fmt: skip
    return Samples(data, space, labels)


def read_array(path: Path) -> NDArray[Any]:
    """Return the array in an npy file, memory-mapped and read-only.

    Raises DataError, naming the file, unless it contains exactly one complete array of numbers.
    """
    try:
        size = check_regular(path).st_size
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise _unreadable(path, error.strerror or "it is no npy file") from error
    except MemoryError:
        raise
    except Exception as error:  # numpy evaluates the header as Python, which can raise many types
        objects = " without Python objects, which are never unpickled" if "Python obj" in str(error) else ""
        raise _unreadable(path, f"expected one whole array{objects}") from error
    if not isinstance(mapped, np.memmap):
        raise _unreadable(path, "it is an archive of arrays; expected one array")
    if mapped.offset + mapped.nbytes != size:
        raise _unreadable(path, f"it has {size} bytes, {mapped.offset + mapped.nbytes} of them an array")
    array: NDArray[Any] = mapped.view(np.ndarray)
    return array


def _space(path: Path) -> Space:
    try:
        return Space.from_json(json.loads(read_regular(path, _MOST_SPACE_BYTES)))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, f"it describes no space: {error}") from error


def _rows(path: Path) -> Iterator[Any]:
    try:
        lines = read_regular(path).decode("ascii").split("\n")
        yield from (json.loads(line) for line in lines[: None if lines[-1] else -1])
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"it is no JSON Lines: {error}") from error


def _strings(rows: list[Any], space: Space) -> tuple[str, ...]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, str):
            raise DataError(f"data.jsonl, line {number} holds {type(row).__name__}; expected {space}")
    return tuple(rows)


def _frame(rows: list[Any], space: Space) -> Any:
    """Return rows as a pandas frame with the columns of a space."""
    import pandas as pd

    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(space.columns):
            raise DataError(f"data.jsonl, line {number} is no row of {len(space.columns)} cells")
    try:
        types = {name: pd.api.types.pandas_dtype(dtype) for name, dtype in space.columns}
        if any(getattr(dtype, "kind", "") in _SIZED for dtype in types.values()):
            raise ValueError("space.json names a type of bytes or characters of a fixed length")
        frame = pd.DataFrame(rows, columns=[name for name, _ in space.columns], dtype=object)
        return frame.astype(types)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError(f"data.jsonl holds no such table: {error}; make it again") from error


def _unreadable(path: Path, why: str) -> DataError:
    (first, *_) = why.splitlines()
    return DataError(f"{path.name} cannot be read: {first}; make it again")


def _tuples(frame: Any) -> Any:
    return frame.itertuples(index=False, name=None)
