"""Readers for numpy's npy format: header, memory-mapped array, or array in allocated memory."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from genbench import DataError
from genbench_image.files.limits import check_claim
from genbench_image.files.room import make_room

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["BROKEN", "TORN", "Header", "map_array", "read_array", "read_header"]

#: Exceptions from reading a file that is damaged or disappears.
TORN = (OSError, EOFError, zipfile.BadZipFile, zlib.error)
BROKEN = (*TORN, KeyError, NotImplementedError, RuntimeError, ValueError)

_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_BLOCK_BYTES = 1 << 22  # so that a stream that ends early takes no second copy of the array


@dataclass(frozen=True)
class Header:
    """An npy header: shape and dtype of the array, and whether it is in Fortran order."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    by_column: bool

    def check(self, held: int, name: str) -> None:
        """Raise DataError, naming `name`, unless the array is within the limit and takes `held` bytes."""
        size = check_claim(self.shape, self.dtype.itemsize, name)
        if size != held:
            raise _misfit("more" if held > size else "less", size, self.shape, name)


def read_header(stream: BinaryIO, name: str) -> Header:
    """Return the header at the beginning of `stream`, and leave the stream at the array.

    Raises DataError, naming `name`, if there is no header of version 1 or 2, or the dtype is object.
    """
    try:
        shape, by_column, dtype = _READERS[np.lib.format.read_magic(stream)](stream)
    except TORN:
        raise
    except Exception as error:  # numpy evaluates the header as Python, which can raise many types
        raise DataError(f"{name} has no npy header of version 1 or 2; write it with numpy.save") from error
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never unpickled; expected uint8 or float")
    if dtype.itemsize == 0:
        raise DataError(f"{name} holds values of size 0 ({dtype}); expected uint8 or float")
    return Header(shape, dtype, by_column)


def map_array(path: Path, header: Header, offset: int) -> NDArray[Any]:
    """Return the array at `offset` of a file, memory-mapped and read-only.

    The file must not change while the array is in use.
    """
    if 0 in header.shape:
        return np.empty(header.shape, header.dtype)
    order: Literal["C", "F"] = "F" if header.by_column else "C"
    return np.asarray(np.memmap(path, header.dtype, "r", offset, header.shape or (1,), order))


def read_array(stream: BinaryIO, header: Header, name: str) -> NDArray[Any]:
    """Return the array at the rest of `stream`, read block by block.

    Raises DataError, naming `name`, if there are fewer or more bytes than its header says.
    """
    shape = header.shape[::-1] if header.by_column else header.shape
    array = make_room(shape, header.dtype, name)
    target = array.reshape(-1).view(np.uint8).data
    done = 0
    while done < len(target):
        piece = stream.read(min(_BLOCK_BYTES, len(target) - done))
        if not piece:
            raise _misfit("less", len(target), header.shape, name)
        target[done : done + len(piece)] = piece
        done += len(piece)
    if stream.read(1):
        raise _misfit("more", len(target), header.shape, name)
    return array.T if header.by_column else array


def _misfit(than: str, size: int, shape: tuple[int, ...], name: str) -> DataError:
    return DataError(
        f"{name} holds {than} than the {size} bytes of its header's shape {shape}; make it again"
    )
