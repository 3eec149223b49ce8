"""The closest rows of a reference and their distances, by blocks of bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import no_log

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log
    from genbench_table.privacy.mixed_rows import Distance

__all__ = ["closest", "closest_rows"]

# Rows of a block on each side: its three arrays of 32 x 2,048 pairs, about 1.2 MB, stay in a core's cache.
_ROWS, _COLUMNS = 32, 2048


def closest(distance: Distance, k: int = 1, *, log: Log = no_log) -> NDArray[np.float64]:
    """Return (n, k) the distances of each row to its k closest reference rows, ascending; k <= m.

    Takes O(n m) time, and memory for 65,536 pairs beside the rows.
    """
    n, m = (side.shape[1] for side in distance.codes)
    found = np.full((n, k), np.inf)
    block = _Block(distance)
    for first in range(0, n, _ROWS):
        rows = slice(first, min(first + _ROWS, n))
        for start in range(0, m, _COLUMNS):
            sums = block.sums(rows, slice(start, min(start + _COLUMNS, m)))
            found[rows] = np.sort(np.hstack([found[rows], _smallest(sums, k)]), axis=1)[:, :k]
        log(rows.stop, n)
    return found / distance.divisor


def closest_rows(distance: Distance, k: int = 1, *, log: Log = no_log) -> NDArray[np.intp]:
    """Return (n, k) the places of the k closest reference rows of each row, nearest first; k <= m.

    Of equally close rows, the first is taken. Takes memory for 32 m pairs beside the rows.
    """
    n, m = (side.shape[1] for side in distance.codes)
    places = np.empty((n, k), np.intp)
    block = _Block(distance)
    for first in range(0, n, _ROWS):
        rows = slice(first, min(first + _ROWS, n))
        parts = [
            block.sums(rows, slice(start, min(start + _COLUMNS, m))).copy() for start in range(0, m, _COLUMNS)
        ]
        places[rows] = np.argsort(np.hstack(parts), axis=1, kind="stable")[:, :k]
        log(rows.stop, n)
    return places


class _Block:
    """The sums of a distance over a block of pairs, in arrays that all blocks share."""

    def __init__(self, distance: Distance) -> None:
        self._distance = distance
        self._has_excess = [
            distance.is_capped and (max(x.max(), y.max()) - min(x.min(), y.min()) > 1)
            for x, y in zip(*distance.numbers, strict=True)
        ]
        size = _ROWS * _COLUMNS
        self._sums, self._gaps = np.empty(size), np.empty(size)
        self._is_other, self._counts = np.empty(size, bool), np.empty(size, np.uint16)

    def sums(self, rows: slice, columns: slice) -> NDArray[np.float64]:
        """Return (r, c) the sums over columns of tables, before the division."""
        shape = rows.stop - rows.start, columns.stop - columns.start
        sums, gaps, is_other, counts = (
            array[: shape[0] * shape[1]].reshape(shape)
            for array in (self._sums, self._gaps, self._is_other, self._counts)
        )
        counts[:] = 0
        for one, other in zip(*self._distance.codes, strict=True):
            np.not_equal(one[rows, None], other[None, columns], out=is_other)
            np.add(counts, is_other, out=counts)
        np.multiply(counts, self._distance.mismatch, out=sums)
        for one, other, has_excess in zip(*self._distance.numbers, self._has_excess, strict=True):
            np.subtract(one[rows, None], other[None, columns], out=gaps)
            np.abs(gaps, out=gaps)
            if has_excess:
                np.minimum(gaps, 1.0, out=gaps)
            np.add(sums, gaps, out=sums)
        return sums


def _smallest(sums: NDArray[np.float64], k: int) -> NDArray[Any]:
    """Return (r, k) the smallest of each row of sums, inf where there are fewer; sums is overwritten."""
    smallest = []
    each = np.arange(len(sums))
    for _ in range(k):
        place = sums.argmin(axis=1)
        smallest.append(sums[each, place])
        sums[each, place] = np.inf
    return np.stack(smallest, axis=1)
