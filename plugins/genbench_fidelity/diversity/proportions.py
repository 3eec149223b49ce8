"""Comparison of two samples over the same bins: two-proportion tests and Jensen-Shannon divergence."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["are_different", "jensen_shannon", "z_scores"]


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
