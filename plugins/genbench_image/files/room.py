"""Allocation of large arrays: in memory or, above a limit, in an unnamed temporary file."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import DataError
from genbench_image.files.limits import check_claim, why

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

__all__ = ["MOST_MEMORY_BYTES", "make_room"]

#: Maximum size of an array in memory; the operating system pages a larger one, in a file.
MOST_MEMORY_BYTES = 2**30


def make_room(shape: tuple[int, ...], dtype: DTypeLike, name: str) -> NDArray[Any]:
    """Return a writable, uninitialised array of this shape and dtype.

    Above MOST_MEMORY_BYTES it is mapped from a file in the temporary folder, which is unlinked at once: the
    operating system deletes it with the array, however the process ends. Raises DataError, naming `name`, if
    `check_claim` does, or if that folder has not enough space.
    """
    size = check_claim(shape, np.dtype(dtype).itemsize, name)
    if size <= MOST_MEMORY_BYTES:
        return np.empty(shape, dtype)
    try:
        with tempfile.TemporaryFile(prefix="genbench-") as file:
            _allocate(file.fileno(), size)
            return np.asarray(np.memmap(file, dtype, "r+", shape=shape))
    except OSError as error:
        raise DataError(
            f"{name} takes {size / 2**30:.1f} GiB, and the temporary folder has not enough space "
            f"({why(error)}); set TMPDIR to a folder that has"
        ) from error


def _allocate(handle: int, size: int) -> None:
    """Reserve `size` bytes on disk now: a mapped page without space would later kill the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
    else:  # macOS
        os.truncate(handle, size)
