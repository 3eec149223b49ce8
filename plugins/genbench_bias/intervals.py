"""95 % intervals of shares, of their differences, and of means."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Interval = tuple[float, float]

__all__ = ["mean_interval", "newcombe", "reflected", "wilson"]

_Z = NormalDist().inv_cdf(0.975)


def wilson(successes: int, n: int) -> Interval:
    """Return the score interval of the share `successes` / n, in [0, 1]; n > 0.

        (p + z^2/2n ± z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    share, spread = successes / n, _Z**2 / n
    middle = share + spread / 2
    half = math.sqrt(spread * share * (1 - share) + spread**2 / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if successes == 0 else low, 1.0 if successes == n else high)


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """Return the interval of the difference of two independent shares, each (successes, n), in [-1, 1].

    It is put together of both score intervals, and too wide where the shares rise and fall together.
    Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    p, q = first[0] / first[1], second[0] / second[1]
    (p_low, p_high), (q_low, q_high) = wilson(*first), wilson(*second)
    return (p - q - math.hypot(p - p_low, q_high - q), p - q + math.hypot(p_high - p, q - q_low))


def mean_interval(values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Return the t-interval of the mean of (n,) independent values; (None, None) where n < 2."""
    n = len(values)
    if n < 2:  # noqa: PLR2004 - one value has no spread
        return None, None
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    middle = float(np.mean(values))
    return middle - half, middle + half


def reflected(value: float, draws: NDArray[Any], low: float, high: float) -> Interval:
    """Return the basic bootstrap interval [2 v - q_0.975, 2 v - q_0.025] of a value, within [low, high].

    draws  (k,) values of bootstrap samples

    Distances and largest gaps are biased upwards, and bootstrap values of them twice so; quantiles as they
    are would leave 0 outside where it is true, and reflecting them does not. Where it ends below the value,
    that is its end.
    Source: Davison & Hinkley 1997, Bootstrap methods and their application, sec. 5.2.
    """
    least, most = np.quantile(draws, [0.025, 0.975])
    return max(min(2 * value - float(most), value), low), min(max(2 * value - float(least), value), high)
