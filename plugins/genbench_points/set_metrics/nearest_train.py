"""Metric `nearest-train-chamfer`: the Chamfer distance of clouds to the nearest training cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Log, Ragged, Samples, Score, Steps, no_log
from genbench_points.set_metrics.chamfer import one_way
from genbench_points.set_metrics.clouds import PRESETS, Normalise, Protocol, prepare_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["nearest_train_chamfer"]

_LISTED = 5  # copies in the extra


def nearest_train_chamfer(
    real: Samples,
    fake: Samples,
    train: Samples,
    *,
    alpha: Annotated[float, Gt(0), Lt(1)] = 0.05,
    protocol: Protocol = "pointflow",
    normalise: Normalise | None = None,
    points: Annotated[int, Ge(1)] | None = 32,
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `nearest-train-cd`, >= 0, and `copied-clouds`, in [0, 1]; neither direction is better.

        cd(g, train)      min over training clouds x of cd(g, x), the default Chamfer distance of `chamfer`
        nearest-train-cd  mean over fakes g of cd(g, train)
        copied-clouds     share of fakes g with cd(g, train) <= t
                          t: the alpha-quantile of cd(x, train) over the real clouds x, which are unseen

    real, fake, train    clouds of any numbers of points, each of at least one
    alpha                share of the real clouds that is as near to a training cloud
    protocol, normalise  as in `chamfer`
    points               points of each cloud that are looked up among all points of the other cloud, drawn
                         without replacement; None, or more than there are: all. The mean over them estimates
                         the mean over all points without bias, and copies stay at distance 0

    Copies score 0 and 1, copies with little noise nearly that, fresh clouds as real ones do: about alpha. t
    is one of the distances of real clouds: of fewer than 1 / alpha the smallest.
    Clouds of more points come nearer to all others. Extras: `real`, the mean distance of real clouds;
    `threshold`, t; `expected`, the share of real clouds within t; `copies`, up to five of the nearest fakes
    within t, each as [number of the fake, number of the training cloud, distance]. Raises Undefined for a
    cloud without points.

    Source: the nearest training cloud by Chamfer as Achlioptas et al. 2018 (arXiv:1707.02392) and Yang et al.
    2019 (arXiv:1906.12320) look for copies; the comparison with unseen samples as in Meehan et al. 2020
    (arXiv:2004.05675), sec. 2.
    """
    kind, key = PRESETS[protocol] if normalise is None else normalise, int(rng.integers(2**63))
    known, unseen, made = (
        prepare_side(samples, side, kind)
        for side, samples in (("train", train), ("real", real), ("fake", fake))
    )
    steps = Steps(log, 2 * len(known) + len(unseen) + len(made))
    (usual, _), (values, nearest) = (
        _find_nearest(clouds, known, points, key, lambda: steps.add(1)) for clouds in (unseen, made)
    )
    limit = float(np.quantile(usual, alpha, method="inverted_cdf"))  # one of the distances
    order = [at for at in np.argsort(values, kind="stable")[:_LISTED].tolist() if values[at] <= limit]
    copies = [[at, int(nearest[at]), float(values[at])] for at in order]
    extra = {"threshold": limit, "expected": float((usual <= limit).mean()), "copies": copies}
    return {
        "nearest-train-cd": Score(float(values.mean()), extra={"real": float(usual.mean())}),
        "copied-clouds": Score(float((values <= limit).mean()), extra=extra),
    }


def _find_nearest(
    clouds: Ragged, known: Ragged, points: int | None, key: int, done: Callable[[], object]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the distance of each cloud to the nearest known one, (n,), and the number of that one, (n,)."""
    forward = one_way(_draw(clouds, points, key), known, _mean_square, done)
    distances = forward + one_way(_draw(known, points, key), clouds, _mean_square, done).T
    return distances.min(axis=1), distances.argmin(axis=1)


def _mean_square(distances: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of the squared distances of each cloud's points."""
    return np.add.reduceat(distances**2, starts) / np.diff([*starts, len(distances)])


def _draw(clouds: Ragged, points: int | None, key: int) -> Ragged:
    """Return some points of each cloud; `key` and the number of points decide which, not their order."""

    def draw(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
        chosen = np.random.default_rng([key, len(cloud)]).permutation(len(cloud))[:points]
        return np.asarray(cloud[np.lexsort(cloud.T)[chosen]])

    return clouds if points is None else Ragged.of(draw(cloud) for cloud in clouds)
