"""Share of near-copies of training samples among the fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Score, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.neighbours import kth_nearest, near_limit
from genbench_fidelity.numeric.work import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["near_duplicates"]


def near_duplicates(
    real: NDArray[Any],
    fake: NDArray[Any],
    train: NDArray[Any],
    *,
    alpha: Annotated[float, Gt(0), Lt(1)] = 0.05,
    threshold: Annotated[float, Ge(0)] | None = None,
    log: Log = no_log,
) -> Score:
    """Return the share of `fake` that is close to a training sample, in [0, 1]; neither direction is better.

        share of g with  d(g, train) <= t,    t the alpha-quantile of d(x, train) over the real x,

    d(x, train) being the distance to the nearest training sample

    real, fake, train  (n, d), (m, d) and (l, d) features, float32 or float64; distances are exact in float64.
                       `real` is unseen in training
    alpha              the share of real samples that is as close
    threshold          t itself, in the unit of the features; 0 finds exact copies

    Fresh samples score alpha on average, and copies score 1. Noise, and everything else that is far from all
    data, scores 0, less than fresh samples: compare with alpha. t is the ceil(alpha n)-th smallest of n
    distances. The value of fresh samples varies with t and with the samples, by about sqrt(2 alpha / n). The
    extra holds `threshold`, and `expected`: the share of real samples within it.

    Raises Undefined for fewer than 2 fakes, because one has no share, for no real or training row, and if
    alpha n < 1 and no threshold is given; raises Invalid for features that are not finite.

    Source: the definition above; the comparison with the distances of held-out samples as in Meehan et al.
    2020 (arXiv:2004.05675), sec. 2.
    """
    real, fake, train = features(real=real, fake=fake, train=train)
    require(2, "near-duplicates", fake=fake)
    require(1, "near-duplicates", real=real, train=train)
    logs = log_parts(log, pairs(real, train), pairs(fake, train))
    usual, found = (
        kth_nearest(side, train, 1, log=part)[0] for side, part in zip((real, fake), logs, strict=True)
    )
    limit = near_limit(usual, alpha) if threshold is None else threshold**2
    expected = float((usual <= limit).mean())
    return Score(
        float((found <= limit).mean()), extra={"threshold": float(np.sqrt(limit)), "expected": expected}
    )
