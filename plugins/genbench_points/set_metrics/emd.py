"""Metric `emd`: MMD, COV and 1-NNA of sets of clouds by the exact earth mover's distance."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
from annotated_types import Ge

from genbench import Ragged, Samples, Undefined, no_log
from genbench_points.set_metrics.clouds import Normalise, Protocol, prepare
from genbench_points.set_metrics.set_scores import set_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Score

__all__ = ["emd", "emd_matrix", "report_options"]

_REPORT_POINTS = 64  # of a cloud: an assignment of 64 points takes 0.2 ms, one of 2,048 points seconds
_MOST_CLOUDS = 200  # a side, 80,000 pairs of clouds: 16 seconds, and as long for the yardstick


def emd(
    real: Samples,
    fake: Samples,
    *,
    protocol: Protocol = "pointflow",
    normalise: Normalise | None = None,
    points: Annotated[int, Ge(1)] | None = None,
    rng: np.random.Generator,
    log: Callable[[int, int], object] = no_log,
) -> dict[str, Score]:
    """Return MMD, COV and 1-NNA by the earth mover's distance, as `set_scores` defines them.

        emd(x, y) = the least mean of |x_i - y_s(i)| over all one-to-one maps s of points

    mmd-emd is >= 0 and lower is better; cov-emd is in [0, 1] and higher is better; nna-emd is in [0, 1], and
    the best value is 0.5: above it the sides differ, far below it the fakes are copies of `real`.

    real, fake  clouds of one number of points, or of at least `points`
    protocol, normalise  as in `chamfer`
    points      points drawn of each cloud; None: all. The distance falls with more of them

    The assignment is exact, where the papers' code approximates it on a GPU. A pair of clouds takes about
    p^3 operations for p points: see docs/metrics/emd.md before you set `points` above 256. Raises Undefined
    for clouds of several numbers of points, unless `points` is set, and for one with fewer than `points`.

    Source: Yang et al. 2019 (arXiv:1906.12320), eq. 13 to 16; Kuhn 1955 for the assignment.
    """
    left, right = prepare(real, fake, protocol=protocol, normalise=normalise, points=points, rng=rng)
    sizes = np.concatenate([left.lengths, right.lengths])
    if sizes.min() != sizes.max():
        raise Undefined(
            f"clouds have {sizes.min()} to {sizes.max()} points, and the earth mover's distance pairs them "
            f"one to one; set points = {sizes.min()}"
        )
    total, steps = 2 * len(left) + len(right), iter(range(1, 2 * len(left) + len(right) + 1))
    matrix = partial(emd_matrix, done=lambda: log(next(steps), total))
    return set_scores(matrix(left, left), matrix(left, right), matrix(right, right), "emd")


def report_options(fake: Samples, n: int) -> dict[str, Any] | None:
    """Return the options of a report, which takes few points of each cloud; None for many clouds.

    With them, a report of 200 clouds a side takes about as long as its Chamfer distances of 2,048 points.
    """
    if n > _MOST_CLOUDS:
        return None
    return {"points": int(min(_REPORT_POINTS, *map(len, cast("Ragged", fake.data))))}


def emd_matrix(
    left: Ragged, right: Ragged, *, done: Callable[[], object] = lambda: None
) -> NDArray[np.float64]:
    """Return the earth mover's distance of each pair of clouds, (n, m) float64, all of one number of points.

    done  called after each row
    """
    values = np.zeros((len(left), len(right)))
    for row, one in enumerate(left):
        for column, other in enumerate(right):
            if left is right and column <= row:
                values[row, column] = values[column, row]
            else:
                values[row, column] = _distance(one, other)
        done()
    return values


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    costs = cdist(one, other)
    return float(costs[linear_sum_assignment(costs)].mean())
