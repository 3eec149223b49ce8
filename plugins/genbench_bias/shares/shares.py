"""Distances between the group shares of two sides, and to equal shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "NAMES",
    "evenness",
    "jensen_shannon",
    "log_ratios",
    "measures",
    "relative_entropy",
    "total_variation",
]

#: Names of the results of `measures`, in its order, each with its maximum.
NAMES = {"tv": 1.0, "kl": math.inf, "worst": math.inf, "uniform-tv": 1.0, "uniform-kl": math.inf}

_SMOOTHING = 0.5


def total_variation(p: Floats, q: Floats) -> Floats:
    """Return half the sum of |p - q| over the last axis, in [0, 1]."""
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)


def relative_entropy(p: Floats, q: Floats) -> Floats:
    """Return the sum of p log(p / q) over the last axis in nats, >= 0; 0 log 0 is 0, and q > 0 where p is."""
    ratio = np.divide(p, q, out=np.ones(np.broadcast_shapes(p.shape, q.shape)), where=p > 0)
    return np.asarray(np.maximum((p * np.log(ratio)).sum(axis=-1), 0.0))


def jensen_shannon(p: Floats, q: Floats) -> float:
    """Return the mean relative entropy of both to their mean, in nats, in [0, ln 2]."""
    middle = (p + q) / 2
    return float(relative_entropy(p, middle) + relative_entropy(q, middle)) / 2


def evenness(p: Floats) -> float:
    """Return the entropy of (K,) shares over ln K, in [0, 1]: 1 if all are equal; K > 1."""
    k = len(p)
    return 1 - float(relative_entropy(p, np.full(k, 1 / k))) / math.log(k)


def measures(fake: Floats, real: Floats) -> Floats:
    """Return five numbers, (…, 5), of the counts of fakes and of real samples in K groups, (…, K) each.

        tv          total variation of the shares of fakes and of real samples
        kl          KL(fake || real) in nats, of shares with 1/2 added to each count
        worst       the greatest |log(fake share / real share)|, of shares with 1/2 added to each count
        uniform-tv  total variation of the fakes' shares and 1 / K
        uniform-kl  KL(fake || uniform) in nats, ln K - the entropy of the fakes' shares

    Without the 1/2, a group that is missing on one side would make kl and worst infinite.
    """
    p, q = (_shares(side) for side in (fake, real))
    smooth_p, smooth_q = (_shares(side + _SMOOTHING) for side in (fake, real))
    even = np.full(p.shape[-1], 1 / p.shape[-1])
    worst = np.abs(log_ratios(fake, real)).max(axis=-1)
    found = [total_variation(p, q), relative_entropy(smooth_p, smooth_q), worst,
             total_variation(p, even), relative_entropy(p, even)]  # fmt: skip
    return np.stack(np.broadcast_arrays(*found), axis=-1)


def log_ratios(fake: Floats, real: Floats) -> Floats:
    """Return log(fake share / real share) of each group, (…, K), with 1/2 added to each count."""
    return np.asarray(np.log(_shares(fake + _SMOOTHING) / _shares(real + _SMOOTHING)))


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))
