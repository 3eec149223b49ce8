"""Size limits for files, checked on their headers before memory is allocated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genbench import DataError

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["MOST_BYTES", "check_claim", "check_ratio", "read_claimed", "why"]

#: 50,000 images of 256x256x3, the largest published batches, take 9.2 GiB.
MOST_BYTES = 16 * 2**30

#: Maximum compression ratio of an array that is larger than that. Features after a ReLU compress tenfold, and
#: black images a thousandfold, which is deflate's maximum.
_MOST_RATIO = 100

_FREE_BYTES = 256 * 2**20  # which any machine has, so no ratio is asked below it


def check_claim(shape: tuple[int, ...], itemsize: int, name: str) -> int:
    """Return the size in bytes of an array of `shape`.

    Raises DataError, naming `name`, if it is above MOST_BYTES or a side is negative.
    """
    size = math.prod(shape) * itemsize
    if size > MOST_BYTES or any(side < 0 for side in shape):
        raise DataError(
            f"{name} claims an array of shape {shape}, {size / 2**30:.1f} GiB; the limit is "
            f"{MOST_BYTES / 2**30:.0f} GiB; split it or check the file"
        )
    return size


def check_ratio(size: int, packed: int, name: str, remedy: str) -> None:
    """Raise DataError, with `name` and `remedy`, if `packed` bytes claim an implausible `size`."""
    if size > max(_FREE_BYTES, _MOST_RATIO * packed):
        raise DataError(
            f"{name} claims to decompress {packed} bytes to {size / 2**20:.0f} MiB; above "
            f"{_FREE_BYTES / 2**20:.0f} MiB the maximum ratio is {_MOST_RATIO}; {remedy}"
        )


def read_claimed(stream: BinaryIO, shape: tuple[int, ...], itemsize: int, most: int, name: str) -> bytes:
    """Return the bytes of the array of `shape` at the rest of `stream`, of at most `most` bytes.

    Raises DataError, naming `name`, if `check_claim` does, or if there are fewer or more bytes.
    """
    size = check_claim(shape, itemsize, name)
    data = stream.read(size + 1) if size <= most else b""
    if len(data) != size:
        than = "more" if len(data) > size else "less"
        raise DataError(
            f"{name} holds {than} than the {size} bytes of its header's shape {shape}; make it again"
        )
    return data


# Short reasons why a file cannot be read, without paths.


def why(error: Exception) -> str:
    """Return the text of `error`, without the path in the operating system's errors.

    Messages name files without their folders, so that results do not reveal a machine's paths.
    """
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
