"""Means of blocks of pixels, for smaller pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["block_means"]


def block_means(pictures: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Return pictures (n, height, width, channels) with the means of blocks of `factor` x `factor` pixels.

    Where a side is no multiple of `factor`, the last blocks are smaller. A mean is rounded to the nearest
    integer in integer arithmetic, so equal pictures give equal bytes on every machine.
    """
    n, *sides, channels = pictures.shape
    rows, columns = (np.arange(0, side, factor) for side in sides)
    heights, widths = (
        np.diff(starts, append=side) for starts, side in zip((rows, columns), sides, strict=True)
    )
    counts = np.outer(heights, widths)[..., None].astype(np.uint32)
    small = np.empty((n, len(rows), len(columns), channels), np.uint8)
    for number, picture in enumerate(pictures):
        strips = np.add.reduceat(picture, rows, axis=0, dtype=np.uint32)
        small[number] = (np.add.reduceat(strips, columns, axis=1) + counts // 2) // counts
    return small
