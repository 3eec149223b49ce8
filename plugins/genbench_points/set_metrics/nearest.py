"""Distances from the points of clouds to the nearest points of other clouds, summed up by cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from genbench_points.set_metrics.clouds import Clouds

    #: Turns (total,) distances of points and the (n,) first points of clouds into (n,) values of clouds.
    Summary = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]

__all__ = ["one_way", "reciprocal"]

_BLOCK = 2**18  # points that are looked up at a time, which bounds memory to some 10 MB


def one_way(
    source: Clouds, target: Clouds, summary: Summary, done: Callable[[], object] = lambda: None
) -> NDArray[np.float64]:
    """Return for each pair of clouds a summary of the distances from points to the nearest target point.

    The result is (n, m) float64 for n source and m target clouds. Distances are exact in float64, by a k-d
    tree of each target cloud; of all distances no more than some 262,144 are in memory.

    summary  what becomes of the distances of a cloud's points
    done     called after each target cloud
    """
    from scipy.spatial import KDTree

    values = np.empty((len(source), len(target)))
    for column, cloud in enumerate(target):
        tree = KDTree(cloud)
        for rows in _blocks(source):
            first, last = source.offsets[rows.start], source.offsets[rows.stop]
            distances = tree.query(source.points[first:last])[0]
            values[rows, column] = summary(np.asarray(distances), source.offsets[rows] - first)
        done()
    return values


def reciprocal(
    left: Clouds, right: Clouds, summary: Summary, done: Callable[[], object] = lambda: None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ways between two sides, each as (n, m) float64: left to right, and right to left."""
    forward = one_way(left, right, summary, done)
    return forward, (forward if left is right else one_way(right, left, summary, done)).T


def _blocks(clouds: Clouds) -> Iterator[slice]:
    """Yield slices of clouds with at most `_BLOCK` points together, and at least one cloud."""
    start = 0
    while start < len(clouds):
        limit = clouds.offsets[start] + _BLOCK
        stop = max(start + 1, int(np.searchsorted(clouds.offsets, limit, side="right")) - 1)
        yield slice(start, min(stop, len(clouds)))
        start = stop
