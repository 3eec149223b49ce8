"""95 % confidence intervals for shares, differences of shares, means and distances."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Interval = tuple[float, float]

__all__ = ["distance_interval", "mean_interval", "newcombe", "unseen", "wilson"]

_Z = NormalDist().inv_cdf(0.975)


def wilson(successes: int, n: int) -> Interval:
    """Return Wilson's score interval of the share `successes` / n, in [0, 1]; n > 0.

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

    It combines the two score intervals, and is too wide if the shares are positively correlated.
    Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    p, q = first[0] / first[1], second[0] / second[1]
    (p_low, p_high), (q_low, q_high) = wilson(*first), wilson(*second)
    return (p - q - math.hypot(p - p_low, q_high - q), p - q + math.hypot(p_high - p, q - q_low))


def unseen(n: float) -> float:
    """Return the upper bound of a share of which `n` > 0 independent cases show none.

        1 - 0.025^(1/n)

    It is the upper end of the exact two-sided 95 % interval of no success in n.
    Source: Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    return float(-math.expm1(math.log(0.025) / n))


def mean_interval(values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Return the t-interval of the mean of (n,) independent values; (None, None) if n < 2."""
    n = len(values)
    if n < 2:  # noqa: PLR2004 - one value has no spread
        return None, None
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    middle = float(np.mean(values))
    return middle - half, middle + half


def distance_interval(value: float, draws: NDArray[Any], chance: NDArray[Any], most: float) -> Interval:
    """Return a bootstrap interval of a distance or a largest gap, which is >= 0 and at most `most`.

    draws   (B,) its values in bootstrap samples
    chance  (C,) its values under equality, where only noise causes a distance

    Such a value is biased upwards, and its bootstrap values doubly so: their quantiles q miss true values
    near 0, and the basic interval [2 v - q_0.975, 2 v - q_0.025] misses the others. The result covers both
    intervals and the value; it starts at 0 unless the value exceeds 95 % of those by chance.
    Source: Davison & Hinkley 1997, Bootstrap methods and their application, sec. 5.2 and 5.3.
    """
    low, high = (float(end) for end in np.quantile(draws, [0.025, 0.975]))
    least, greatest = min(low, 2 * value - high, value), max(high, 2 * value - low, value)
    is_chance = value <= float(np.quantile(chance, 0.95))
    return 0.0 if is_chance else max(least, 0.0), min(greatest, most)
