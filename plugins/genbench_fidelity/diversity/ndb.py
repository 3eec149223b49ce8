"""NDB and JSD: bins of the training data that the fakes fill differently, and their divergence."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Score, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.clusters import cell_of, centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["are_different", "jensen_shannon", "ndb", "z_scores"]


def ndb(
    train: NDArray[Any],
    fake: NDArray[Any],
    *,
    bins: Annotated[int, Ge(2)] = 100,
    alpha: Annotated[float, Gt(0), Lt(1)] = 0.05,
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `ndb`, the bins that `fake` fills differently, and `jsd`, nats; lower is better for both.

        ndb = #{k : |z_k| > Phi^-1(1 - alpha / 2)},    z_k the two-proportion z of bin k, pooled
        jsd = Jensen-Shannon divergence of the shares of the bins

    train, fake  (n, d) and (m, d) features, float32 or float64
    bins         K, the number of cells of a k-means on `train`, from one k-means++ start
    alpha        level of each bin's test

    ndb is a whole number in [0, K] and jsd is in [0, ln 2]. For two samples of one distribution, about alpha
    K bins differ, and jsd is about (K - 1) (1/n + 1/m) / 8. A value below these is not better, and copies of
    `train` come closest to 0. For a fixed difference of the distributions ndb grows with n and m. Its normal
    approximation needs about ten samples in a bin. The extra of `ndb` holds `share`, ndb / K, and `expected`,
    alpha K; that of `jsd` holds `expected`, its mean for two samples of one distribution.

    Raises Undefined if a side has fewer rows than bins, or `train` fewer different ones, and Invalid for
    features that are not finite.

    Source: Richardson & Weiss 2018 (arXiv:1805.12462), sec. 2.
    """
    train, fake = features(train=train, fake=fake)
    require(bins, f"ndb with {bins} bins", train=train, fake=fake)
    middles = centres(train, bins, starts=1, rng=rng, log=log)
    counts = [np.bincount(cell_of(side, middles), minlength=bins) for side in (train, fake)]
    different = int(are_different(*counts, alpha=alpha).sum())
    bias = (bins - 1) * (1 / len(train) + 1 / len(fake)) / 8
    return {
        "ndb": Score(different, extra={"share": different / bins, "expected": alpha * bins}),
        "jsd": Score(jensen_shannon(*counts), extra={"expected": bias}),
    }


# Comparison of two samples over the same bins: two-proportion tests and Jensen-Shannon divergence.


def z_scores(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """Return (K,) the two-proportion z of each bin, its standard error pooled over both samples.

        z = (p - q) / sqrt(r (1 - r) (1/n + 1/m)),    r = (n p + m q) / (n + m)

    first, second  (K,) counts with the sums n and m, both > 0

    A bin that contains no sample, or all samples of both sides, has z = 0.
    """
    n, m = first.sum(), second.sum()
    pooled = (first + second) / (n + m)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    gap = first / n - second / m
    return np.asarray(np.divide(gap, error, out=np.zeros(len(gap)), where=error > 0))


def are_different(first: NDArray[Any], second: NDArray[Any], *, alpha: float) -> NDArray[np.bool_]:
    """Return (K,) whether the shares of each bin differ at the two-sided level `alpha`, in (0, 1)."""
    return np.abs(z_scores(first, second)) > NormalDist().inv_cdf(1 - alpha / 2)


def jensen_shannon(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return the Jensen-Shannon divergence of two (K,) counts in nats, in [0, ln 2].

    JSD = KL(p || (p + q) / 2) / 2 + KL(q || (p + q) / 2) / 2
    """
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return min(max(divergence, 0.0), math.log(2))  # rounding passes neither bound


def _relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    seen = p > 0
    return float(np.sum(p[seen] * np.log(p[seen] / q[seen])))
