"""Birthday paradox: the size of the fakes' support, from the number of near-duplicates among them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from genbench import Score, Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.neighbours import blocks, kth_nearest, near_limit, radii
from genbench_fidelity.numeric.work import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["birthday", "collision_probability", "half_batch"]

# Pairs to look at, as the method asks of its user.
_SHOWN = 10


def birthday(
    real: NDArray[Any],
    fake: NDArray[Any],
    *,
    alpha: Annotated[float, Gt(0), Lt(1)] = 0.05,
    threshold: Annotated[float, Ge(0)] | None = None,
    log: Log = no_log,
) -> Score:
    """Return the size of the support of `fake` by the birthday paradox; neither direction is better.

        support = s^2,    s the least batch with  1 - prod_{i < s} (1 - i / N) >= 1/2,
        N = n (n - 1) / (2 D),    D the near-duplicate pairs among the n fakes

    real, fake  (m, d) and (n, d) features, float32 or float64; distances are exact in float64
    alpha       two fakes are near-duplicates if their distance is at most the alpha-quantile of the distances
                of real samples to their nearest other real sample
    threshold   this distance itself, in the unit of the features; 0 finds exact duplicates

    s is the batch that contains a near-duplicate with probability one half. N is the number of equally likely
    samples that give as many pairs: for a distribution p over different samples it estimates 1 / sum p^2.
    s^2, the paper's rule, is 2 ln 2 = 1.39 times N. With alpha, s^2 of the real samples is between m ln 2 /
    alpha and twice that, unless they contain clusters of near-duplicates. So the number grows with m: compare
    it with `real` in the extra, the same number for the real samples. For fresh samples it varies by a share
    of 1.5 to 2 times 1 / sqrt(D), upwards where D is small. A collapsed generator scores low; a generator
    that repeats training samples does not. The extra also holds `batch` (s), `collision` (N), `pairs` (D),
    `threshold`, and `closest`: up to ten near-duplicates [i, j, distance], because the paper asks a person to
    look at them.

    Raises Undefined if no two fakes are near-duplicates: then s > n, which the reason says. A bound as the
    value would be averaged and compared like an estimate. Also raises Undefined for fewer than 2 rows on a
    side, and if alpha m < 1 and no threshold is given; raises Invalid for features that are not finite.

    Source: Arora & Zhang 2018 (arXiv:1706.08224), sec. 2 and 3, where a person's eye replaces the threshold.
    """
    real, fake = features(real=real, fake=fake)
    require(2, "birthday", real=real, fake=fake)
    of_real, of_fake = pairs(real, real), pairs(fake, fake)
    logs = log_parts(log, 0 if threshold is not None else of_real, of_fake, of_fake, of_real)
    limit = near_limit(radii(real, 1, log=logs[0]), alpha) if threshold is None else threshold**2
    near, n = _near_pairs(fake, limit, logs[1]), len(fake)
    if near == 0:
        raise Undefined(f"no two of the {n} fakes are within {math.sqrt(limit):.6g} of each other: "
                        f"the support is larger than about {n}^2 = {n**2}; draw more fakes")  # fmt: skip
    support = n * (n - 1) / (2 * near)
    batch = half_batch(support)
    found = {"batch": batch, "collision": support, "pairs": near, "threshold": math.sqrt(limit)}
    beside = {"closest": _closest(fake, limit, logs[2]), "real": _support_of(real, limit, logs[3])}
    return Score(batch**2, extra=found | beside)


def collision_probability(batch: int, support: float) -> float:
    """Return the probability that two of `batch` draws from `support` >= 1 equally likely things are equal.

    1 - prod_{i < batch} (1 - i / support), in [0, 1].
    """
    steps = 1 - np.arange(batch) / support
    return 1.0 if batch and steps[-1] <= 0 else -math.expm1(float(np.log(steps).sum()))


def half_batch(support: float) -> int:
    """Return the smallest batch whose collision probability is at least 1/2; `support` >= 1."""
    # 1 - i / N < exp(-i / N), hence half is reached no later than at s (s - 1) / 2 = N ln 2.
    low, high = 1, math.ceil(0.5 + math.sqrt(0.25 + 2 * math.log(2) * support))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if collision_probability(middle, support) >= 1 / 2 else (middle, high)
    return high


def _support_of(x: NDArray[Any], limit: float, log: Log) -> int | None:
    near = _near_pairs(x, limit, log)
    return half_batch(len(x) * (len(x) - 1) / (2 * near)) ** 2 if near else None


def _near_pairs(x: NDArray[Any], limit: float, log: Log) -> int:
    """Return the number of pairs of different rows of x with a squared distance of at most `limit`."""
    ordered = 0
    for block in blocks(x, x, upper_only=True, log=log):
        limits = np.full((1, block.lower.shape[1]), limit)
        found = int(np.count_nonzero(block.within(limits, strict=False)))
        ordered += found if block.rows == block.cols else 2 * found
    return (ordered - len(x)) // 2


def _closest(x: NDArray[Any], limit: float, log: Log) -> list[list[float]]:
    """Return the nearest pairs [i, j, distance] within `limit`, a row with its nearest, at most _SHOWN."""
    squares, nearest = kth_nearest(x, x, 2, log=log)
    is_self = nearest == np.arange(len(x))  # of equal rows the first is the nearest
    if is_self.any():
        nearest[is_self] = kth_nearest(x[is_self], x, 1)[1]
    pairs: dict[tuple[int, int], float] = {}
    for i in np.argsort(squares, kind="stable"):
        if squares[i] > limit or len(pairs) == _SHOWN:
            break
        j = int(nearest[i])
        pairs[min(int(i), j), max(int(i), j)] = math.sqrt(squares[i])
    return [[i, j, distance] for (i, j), distance in pairs.items()]
