"""NDB and JSD: bins of the training data that the fakes fill differently, and their divergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Score, no_log
from genbench_fidelity.diversity.proportions import are_different, jensen_shannon
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.clusters import cell_of, centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["ndb"]


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
