"""How much a file may claim to hold: asked of its header, before anything is allocated."""

from __future__ import annotations

import math

from genbench import DataError

__all__ = ["MOST_BYTES", "claimed_bytes"]

#: 50,000 images of 256x256x3, the largest batches that are published, take 9.2 GiB.
MOST_BYTES = 16 * 2**30


def claimed_bytes(shape: tuple[int, ...], itemsize: int, name: str) -> int:
    """Return the size in bytes of an array of `shape`; raise DataError, naming `name`, above MOST_BYTES."""
    size = math.prod(shape) * itemsize
    if size > MOST_BYTES:
        raise DataError(
            f"{name} claims an array of shape {shape}, {size / 2**30:.1f} GiB; at most "
            f"{MOST_BYTES / 2**30:.0f} GiB are read; split it or check the file"
        )
    return size
