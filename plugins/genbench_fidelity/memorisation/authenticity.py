"""Authenticity: the percentage of fakes that are not near-copies of training samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.neighbours import kth_nearest
from genbench_fidelity.numeric.work import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["authenticity"]


def authenticity(train: NDArray[Any], fake: NDArray[Any], *, log: Log = no_log) -> float:
    """Return the percentage of authentic rows of `fake`, in [0, 100]; neither direction is better.

        g is authentic if  d(t, nearest other training row of t) < d(g, t),    t the training row nearest to g

    train, fake  (n, d) and (m, d) features, float32 or float64; distances are exact in float64

    Copies of the training data score 0; noise and underfitted samples score near 100. Fresh samples of the
    same distribution score more in more dimensions: 20 draws of 600 standard normal rows a side scored 35 to
    44 at d = 2, 55 to 62 at d = 8 and 76 to 84 at d = 64. Compare with held-out real samples. Among
    training rows at equal distance the first counts. Raises Undefined for fewer than 2 rows on a side, since
    one fake has no percentage, and Invalid for features that are not finite.

    Source: Alaa et al. 2022 (arXiv:2102.08921), sec. 3.3, for each fake row as in Stein et al. 2023
    (arXiv:2306.04675), AuthPct.
    """
    train, fake = features(train=train, fake=fake)
    require(2, "authenticity", train=train, fake=fake)
    nearest_at_most = train[: len(fake)]  # as many rows as can be the nearest one of a fake
    first, second = log_parts(log, pairs(fake, train), pairs(nearest_at_most, train))
    distance, index = kth_nearest(fake, train, 1, log=first)
    closest, which = np.unique(index, return_inverse=True)
    own, _ = kth_nearest(train[closest], train, 2, log=second)
    return 100 * float((own[which] < distance).mean())
