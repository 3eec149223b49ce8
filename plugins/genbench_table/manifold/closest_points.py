"""Euclidean distances to closest points, by blocks of bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["closest_points", "distances_to"]

_PAIRS = 2**21  # in memory at once: 16 MB


def closest_points(
    x: NDArray[np.float64], y: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (n,) the distance of each row of x (n, d) to its closest row of y (m, d), and which that is.

    Without y, to its closest other row of x. Distances are exact: only the choice among rows that are equally
    close up to rounding is by |a|^2 + |b|^2 - 2 a.b.
    """
    other = x if y is None else y
    centre = other.mean(axis=0)
    a, b = x - centre, other - centre
    norms = np.einsum("ij,ij->i", b, b)
    which = np.empty(len(x), np.intp)
    step = max(1, _PAIRS // len(other))
    for first in range(0, len(x), step):
        rows = np.arange(first, min(first + step, len(x)))
        squares = norms - 2 * (a[rows] @ b.T)
        if y is None:
            squares[rows - first, rows] = np.inf
        which[rows] = squares.argmin(axis=1)
    return np.sqrt(np.square(x - other[which]).sum(axis=1)), which


def distances_to(x: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) the distances of the rows of x (n, d) to a point (d,)."""
    distances: NDArray[np.float64] = np.sqrt(np.square(x - point).sum(axis=1))
    return distances
