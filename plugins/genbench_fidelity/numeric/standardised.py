"""Standardised rows, and their squared distances in blocks."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import no_log
from genbench_fidelity.numeric.arrays import log_slices, mean, slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["Rows", "Standard", "spread", "squared_distances", "standard"]

# Below this share of |a|^2 + |b|^2 the rounding of |a|^2 + |b|^2 - 2 a.b affects the sixth digit.
_NEAR = 1e-6

# Values in a temporary array of plain differences: 16 MB.
_CHUNK = 2**21

# Number of values above which distances are in a temporary file instead of in memory: 256 MB.
_IN_MEMORY = 2**26


@dataclass(frozen=True, eq=False)
class Standard:
    """Maps a row to (row - centre) / scale; centre and scale are (d,) float64."""

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __call__(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Return the rows (r, d) standardised, float64."""
        return np.asarray((rows - self.centre) / self.scale, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of x (l, d) at `index` (n,), copied one slice at a time."""

    x: NDArray[Any]
    index: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, part: slice) -> NDArray[Any]:
        return np.asarray(self.x[self.index[part]])


def standard(x: NDArray[Any]) -> Standard:
    """Return the map to mean 0 and standard deviation 1 (divisor n - 1) of each column of x (n, d); n >= 2.

    A column of one value is centred and keeps its unit.
    """
    centre = mean(x)
    total = np.zeros(x.shape[1])
    for rows in slices(len(x)):
        total += np.square(x[rows] - centre).sum(axis=0)
    is_flat = x.min(axis=0) == x.max(axis=0)
    return Standard(centre, np.where(is_flat, 1.0, np.sqrt(total / (len(x) - 1))))


def spread(x: Rows, to: Standard) -> NDArray[np.float64]:
    """Return (n,) squared distances of the standardised rows of x to their mean."""
    blocks = [to(x[rows]).sum(axis=0) for rows in slices(len(x))]
    middle = np.sum(blocks, axis=0) / len(x)
    return np.concatenate([np.square(to(x[rows]) - middle).sum(axis=1) for rows in slices(len(x))])


def squared_distances(
    x: NDArray[Any] | Rows, y: NDArray[Any] | Rows, to: Standard, *, log: Log = no_log
) -> NDArray[np.float32]:
    """Return (n, m) squared distances of the standardised rows of x (n, d) and y (m, d).

    Computed in float64 to six digits or more even for close rows, and 0 for equal ones; stored as float32, in
    a temporary file if there are many.
    """
    squares = _room(len(x), len(y))
    for rows in log_slices(len(x), log):
        a = to(x[rows])
        for cols in slices(len(y)):
            squares[rows, cols] = np.minimum(_block(a, to(y[cols])), np.finfo(np.float32).max)
    return squares


def _room(n: int, m: int) -> NDArray[np.float32]:
    if n * m <= _IN_MEMORY:
        return np.empty((n, m), np.float32)
    with TemporaryFile() as file:
        return np.memmap(file, np.float32, "w+", shape=(n, m))


def _block(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)
    squares = norms - 2 * (a @ b.T)
    i, j = np.nonzero(squares <= _NEAR * norms)
    step = max(1, _CHUNK // a.shape[1])
    for first in range(0, len(i), step):
        pairs = i[first : first + step], j[first : first + step]
        squares[pairs] = np.square(a[pairs[0]] - b[pairs[1]]).sum(axis=1)
    return np.asarray(squares)
