"""Metric `f-score`: how much of each real cloud the best fake matches within a distance."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt

from genbench import Ragged, Samples, Score, no_log
from genbench_points.set_metrics.chamfer import reciprocal
from genbench_points.set_metrics.clouds import Normalise, Protocol, add_warning, prepare

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["f_score", "f_scores"]


def f_score(
    real: Samples,
    fake: Samples,
    *,
    threshold: Annotated[float, Gt(0)] = 0.05,
    protocol: Protocol = "pointflow",
    normalise: Normalise | None = None,
    points: Annotated[int, Ge(1)] | None = None,
    rng: np.random.Generator,
    log: Callable[[int, int], object] = no_log,
) -> Score:
    """Return the mean over real clouds of the greatest F-score of any fake, in [0, 1]; higher is better.

        F(x, y) = 2 P R / (P + R),  P: share of points of y within `threshold` of x, R: of x within it of y

    real, fake  clouds of any numbers of points, each of at least one
    threshold   the distance below which a point is matched, in the coordinates of normalised clouds
    protocol, normalise, points  as in `chamfer`

    For one real and one fake cloud it is the F-score of reconstruction. Like mmd, it is a mean over real
    clouds, so it falls if a kind of shape is missing, and does not see fakes that are like no real cloud. It
    rises with the number of points and of fakes, and warns as `chamfer` does. Raises Undefined for a cloud
    without points, or with fewer than `points`.

    Source: Knapitsch et al. 2017, doi:10.1145/3072959.3073599, eq. 3 to 5; Tatarchenko et al. 2019
    (arXiv:1905.03678), sec. 5.
    """
    left, right = prepare(real, fake, protocol=protocol, normalise=normalise, points=points, rng=rng)
    total, steps = len(left) + len(right), iter(range(1, len(left) + len(right) + 1))
    scores = f_scores(left, right, threshold, done=lambda: log(next(steps), total))
    return add_warning(Score(float(scores.max(axis=1).mean())), left, right)


def f_scores(
    left: Ragged, right: Ragged, threshold: float, *, done: Callable[[], object] = lambda: None
) -> NDArray[np.float64]:
    """Return the F-score of each pair of clouds, (n, m) float64 in [0, 1]."""

    def share_near(distances: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
        counts = np.add.reduceat((distances < threshold).astype(np.float64), starts)
        return counts / np.diff([*starts, len(distances)])

    recall, precision = reciprocal(left, right, share_near, done)
    both = recall + precision
    return 2 * recall * precision / np.where(both > 0, both, 1)
