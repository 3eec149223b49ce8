"""Welch's test for every pair of rows, with spreads that the rows of one column share in part.

Three seeds say little about a row's spread, so Welch's test finds almost nothing there. The other rows of the
column say what spreads are usual: empirical Bayes (Smyth 2004, doi:10.2202/1544-6115.1027) draws each row's
variance towards theirs. Here a variance is only ever raised, since lowering the largest ones gives false
differences where spreads are unequal; docs/ranks.md shows the coverage of both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Difference", "Spreads", "estimate_difference", "find_p_values", "fit_spreads", "fit_usual_spread"]

_LEAST_ROWS = 4  # rows with a spread; the usual spread of fewer is not known well enough
_USUAL_SHARE = 0.9  # share of the variances of rows like the others that are within the usual range
_LEAST_VARIANCE = 1e-290  # of unequal values beside such large ones that their squares are 0
_MOST_FREEDOM = 1e9  # degrees of freedom that are as good as known variances


class Spreads(NamedTuple):
    """The means of rows, and how much their runs vary, in a unit that keeps squares within float64.

    means     (rows,), of each row's runs
    variances (rows,), of one run, >= 0
    freedom   (rows,), degrees of freedom of each variance
    runs      number of runs of each row, >= 2
    exponent  the unit is 2 ** exponent, the power of two above the largest value
    """

    means: NDArray[np.float64]
    variances: NDArray[np.float64]
    freedom: NDArray[np.float64]
    runs: int
    exponent: int = 0


def fit_spreads(runs: Sequence[Sequence[float]]) -> Spreads:
    """Return the means and spreads of rows of equally many runs, at least 2.

    With four rows or more that have a spread, each variance is raised to the moderated one, if that is
    greater: (d0 · s0² + d · s²) / (d0 + d), where d = runs - 1, and d0 and s0² are those of the scaled
    inverse chi-squared distribution that fits the variances of all rows. Its degrees of freedom are d0 + d,
    at most those of all rows together. A variance beyond the 90 % quantile of that distribution keeps d
    degrees of freedom, since its row is unlike the others. Equal values have the variance 0 exactly.

    Means are in the unit 2 ** exponent, and variances in its square, so that squares stay within float64.
    """
    from scipy.special import fdtri

    values = np.asarray(runs, dtype=np.float64)
    exponent = int(np.frexp(np.abs(values).max())[1])
    values = np.ldexp(values, -exponent)  # all are below 1, so that their squares stay within float64
    rows, k = values.shape
    centred = values - values[:, :1]  # equal values become zeros, whose variance has no rounding error
    variances = centred.var(axis=1, ddof=1)
    # runs that differ have a positive variance, even where their squares are too small for float64
    variances = np.where(centred.any(axis=1), np.maximum(variances, _LEAST_VARIANCE), 0.0)
    means = values[:, 0] + centred.mean(axis=1)
    if np.count_nonzero(variances) < _LEAST_ROWS:
        return Spreads(means, variances, np.full(rows, k - 1.0), k, exponent)
    weight, usual = fit_usual_spread(variances[variances > 0], k - 1)  # d0 and s0² of the formula
    moderated = (weight * usual + (k - 1) * variances) / (weight + k - 1)
    moderated_freedom = min(weight + k - 1, rows * (k - 1))
    is_outlier = variances > fdtri(k - 1, weight, _USUAL_SHARE) * usual
    freedom = np.where(is_outlier, k - 1.0, moderated_freedom)
    return Spreads(means, np.maximum(variances, moderated), freedom, k, exponent)


def find_p_values(estimates: Spreads) -> NDArray[np.float64]:
    """Return the two-sided p-values (rows, rows) of Welch's tests that two rows have equal means.

    t = (difference of means) / sqrt((v + w) / k), where v and w are the variances of the two rows, and k is
    their number of runs. Its degrees of freedom are those of Welch and Satterthwaite, at most those of all
    rows together. Two rows without any spread have the p-value of the exact permutation test, 2 / C(2k, k),
    if they differ, and 1 if they are equal.
    """
    from scipy.special import comb, stdtr

    squares = estimates.variances / estimates.runs  # v / k of each row, its mean's squared standard error
    both = squares[:, None] + squares[None, :]  # (v + w) / k of each pair
    differences = np.abs(estimates.means[:, None] - estimates.means[None, :])
    with np.errstate(divide="ignore", invalid="ignore"):  # pairs without spread, which `exact` serves
        shares = (squares[:, None] / both) ** 2 / estimates.freedom[:, None]
        freedom = np.minimum(1 / (shares + shares.T), len(squares) * (estimates.runs - 1))
        p = 2 * stdtr(freedom, -differences / np.sqrt(both))
    exact = np.where(differences > 0, 2 / comb(2 * estimates.runs, estimates.runs, exact=True), 1.0)
    return np.where(both > 0, p, exact)


def fit_usual_spread(variances: NDArray[np.float64], freedom: int) -> tuple[float, float]:
    """Return d0 and s0² of positive variances, by the moments of their logarithms (Smyth 2004, section 6.2).

    d0 and s0² are the degrees of freedom and the scale of the distribution of the rows' true variances. A row
    is a generator, in the column of one metric.

    variances  of the rows, each estimated from a few runs
    freedom    the degrees of freedom d of each estimate, the number of runs less 1

    trigamma(d0 / 2) = (variance of the logarithms) - trigamma(d / 2); where that is not positive, the rows
    have one variance, and d0 is as good as infinite.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma

    logs = np.log(variances) - digamma(freedom / 2) + np.log(freedom / 2)
    beyond = logs.var(ddof=1) - polygamma(1, freedom / 2)  # what few runs alone do not explain
    if beyond <= polygamma(1, _MOST_FREEDOM / 2):
        return _MOST_FREEDOM, float(np.exp(logs.mean()))
    # trigamma falls from infinity to 0, so that a single value solves the equation. It is 1e16 at 1e-8, more
    # than the variance of logarithms of any float64.
    half = brentq(lambda value: polygamma(1, value) - beyond, 1e-8, _MOST_FREEDOM)
    return 2 * half, float(np.exp(logs.mean() + digamma(half) - np.log(half)))


class Difference(NamedTuple):
    """The difference of two means.

    mean       of the first row's runs minus the second's
    low, high  Welch's interval of it at the level that was asked for
    effect     the mean in standard deviations of a run (Hedges' g); None without any spread, and where the
               spread has less than two degrees of freedom, as with most pairs of two runs
    p          of Welch's two-sided test that there is no difference
    """

    mean: float
    low: float
    high: float
    effect: float | None
    p: float


def estimate_difference(
    first: Sequence[float], second: Sequence[float], others: Sequence[Sequence[float]], level: float = 0.95
) -> Difference:
    """Return the difference of the means of two rows, with its interval, effect size and p-value.

    Both rows have equally many runs, at least two.

    others  the runs of the other rows of the column: they show what spreads are usual, and a spread of the
            two rows that a few runs have made too small by chance is raised towards it
    """
    from scipy.special import stdtrit

    estimates = fit_spreads([first, second, *others])
    # the means (m, n), variances (v, w) and degrees of freedom (f, g) of the two rows
    (m, n), (v, w), (f, g) = (values[:2].tolist() for values in estimates[:3])
    mean, p = m - n, float(find_p_values(estimates)[0, 1])
    if v + w == 0:
        mean = math.ldexp(mean, estimates.exponent)
        return Difference(mean, mean, mean, None, p)  # no spread: the interval is a point
    share = v / (v + w)
    # of Welch and Satterthwaite, at most those of all rows together, as in `find_p_values`
    freedom = min(1 / (share**2 / f + (1 - share) ** 2 / g), len(estimates.means) * (estimates.runs - 1))
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt((v + w) / estimates.runs)
    effect = None
    if freedom >= 2:  # noqa: PLR2004 - below, Hedges' correction has no finite mean
        effect = (1 - 3 / (4 * freedom - 1)) * mean / math.sqrt((v + w) / 2)
    # from the unit of the estimates back to that of the runs
    mean, low, high = (math.ldexp(end, estimates.exponent) for end in (mean, mean - half, mean + half))
    return Difference(mean, low, high, effect, p)
