"""Metric `chamfer`: MMD, COV and 1-NNA of sets of clouds by the Chamfer distance."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from annotated_types import Ge

from genbench import Ragged, Samples, no_log
from genbench_points.set_metrics.clouds import Normalise, Protocol, add_warning, prepare
from genbench_points.set_metrics.set_scores import set_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Score

    Summary = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]

__all__ = ["Combine", "Reduce", "chamfer", "chamfer_matrix", "one_way", "reciprocal"]

_BLOCK = 2**18  # points that are looked up at a time, which bounds memory to some 10 MB


#: What becomes of the distances of a cloud's points, and of the two directions.
Reduce = Literal["mean", "sum", "max"]

Combine = Literal["sum", "mean", "max"]

_REDUCE: dict[Reduce, np.ufunc] = {"mean": np.add, "sum": np.add, "max": np.maximum}


def chamfer(  # noqa: PLR0913 - its options are parameters
    real: Samples,
    fake: Samples,
    *,
    protocol: Protocol = "pointflow",
    normalise: Normalise | None = None,
    squared: bool = True,
    reduce: Reduce = "mean",
    combine: Combine = "sum",
    points: Annotated[int, Ge(1)] | None = None,
    rng: np.random.Generator,
    log: Callable[[int, int], object] = no_log,
) -> dict[str, Score]:
    """Return MMD, COV and 1-NNA by the Chamfer distance, as `set_scores` defines them.

        cd(x, y) = combine(reduce over x of d(x, y)^p, reduce over y of d(y, x)^p),  d to the nearest point

    mmd-cd is >= 0 and lower is better; cov-cd is in [0, 1] and higher is better; nna-cd is in [0, 1], and the
    best value is 0.5: above it the sides differ, far below it the fakes are copies of `real`.

    real, fake  clouds of any numbers of points, each of at least one
    protocol    which paper's normalisation of clouds: "pointflow" none, "shapegf" the box [-1, 1], and
                "latent-diffusion" the box [-0.5, 0.5]. All of them take squared distances, their mean over
                points and the sum of both directions, the other defaults
    normalise   how each cloud is normalised by itself: "variance": mean 0 and standard deviation 1 of all
                coordinates; "box": the longest side of the bounding box is [-1, 1]; "half-box": [-0.5, 0.5];
                "sphere": mean 0 and radius 1. None: as the protocol does
    squared     p = 2, else p = 1
    points      points drawn of each cloud; None: all

    A warning is in the extra if one side has more than 1.5 times as many points a cloud, by the medians.
    Distances are exact in float64. Raises Undefined for a cloud without points, or with fewer than `points`.

    Source: Yang et al. 2019 (arXiv:1906.12320), eq. 12 to 16.
    """
    left, right = prepare(real, fake, protocol=protocol, normalise=normalise, points=points, rng=rng)
    total, steps = 2 * (len(left) + len(right)), iter(range(1, 2 * (len(left) + len(right)) + 1))
    matrix = partial(
        chamfer_matrix, squared=squared, reduce=reduce, combine=combine, done=lambda: log(next(steps), total)
    )
    scores = set_scores(matrix(left, left), matrix(left, right), matrix(right, right), "cd")
    return {name: add_warning(score, left, right) for name, score in scores.items()}


def chamfer_matrix(
    left: Ragged,
    right: Ragged,
    *,
    squared: bool = True,
    reduce: Reduce = "mean",
    combine: Combine = "sum",
    done: Callable[[], object] = lambda: None,
) -> NDArray[np.float64]:
    """Return the Chamfer distance of each pair of clouds, (n, m) float64, by the conventions of `chamfer`."""

    def summary(distances: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
        values = _REDUCE[reduce].reduceat(distances**2 if squared else distances, starts)
        return values / np.diff([*starts, len(distances)]) if reduce == "mean" else values

    forward, backward = reciprocal(left, right, summary, done)
    if combine == "max":
        return np.maximum(forward, backward)
    return (forward + backward) / (2 if combine == "mean" else 1)


# Distances from the points of clouds to the nearest points of other clouds, summed up by cloud.


def one_way(
    source: Ragged, target: Ragged, summary: Summary, done: Callable[[], object] = lambda: None
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
            distances = tree.query(source.values[first:last])[0]
            values[rows, column] = summary(np.asarray(distances), source.offsets[rows] - first)
        done()
    return values


def reciprocal(
    left: Ragged, right: Ragged, summary: Summary, done: Callable[[], object] = lambda: None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ways between two sides, each as (n, m) float64: left to right, and right to left."""
    forward = one_way(left, right, summary, done)
    return forward, (forward if left is right else one_way(right, left, summary, done)).T


def _blocks(clouds: Ragged) -> Iterator[slice]:
    """Yield slices of clouds with at most `_BLOCK` points together, and at least one cloud."""
    start = 0
    while start < len(clouds):
        limit = clouds.offsets[start] + _BLOCK
        stop = max(start + 1, int(np.searchsorted(clouds.offsets, limit, side="right")) - 1)
        yield slice(start, min(stop, len(clouds)))
        start = stop
