"""Welch's tests, against scipy.stats and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import polygamma

from genbench.board.inference.welch import find_p_values, fit_spreads

ROWS = [[1.0, 4.0, 2.5], [0.5, 3.0, 2.75], [7.0, 7.5, 9.0]]


def variances_of(found):
    """Return variances in the unit of the values."""
    return np.ldexp(found.variances, 2 * found.exponent)


def test_under_four_rows_the_tests_are_those_of_scipy():
    found = find_p_values(fit_spreads(ROWS))
    for (i, a), (j, b) in ((x, y) for x in enumerate(ROWS) for y in enumerate(ROWS)):
        if i != j:
            assert found[i, j] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-12)


def test_equal_values_have_no_spread_at_all():
    found = fit_spreads([[0.1] * 7, [0.3, 0.2, 0.1] * 2 + [0.2]])
    assert variances_of(found)[0] == 0
    assert variances_of(found)[1] == pytest.approx(np.var([0.3, 0.2, 0.1] * 2 + [0.2], ddof=1))


@pytest.mark.parametrize(("runs", "p"), [(3, 2 / 20), (4, 2 / 70), (5, 2 / 252)])
def test_without_any_spread_the_p_value_is_that_of_the_permutation_test(runs, p):
    rows = [[1.0] * runs, [2.0] * runs, [1.0] * runs]
    found = find_p_values(fit_spreads(rows))
    exact = stats.permutation_test(rows[:2], lambda a, b: np.mean(a) - np.mean(b), n_resamples=np.inf).pvalue
    assert found[0, 1] == pytest.approx(p) == pytest.approx(exact)
    assert found[0, 2] == 1


def test_rows_of_one_variance_share_it_with_all_their_degrees_of_freedom():
    rows = [[0.0 + shift, 1.0 + shift, 2.0 + shift] for shift in (0, 3, 5, 9)]
    found = fit_spreads(rows)
    assert variances_of(found) == pytest.approx([1 * math.exp(_bias(2))] * 4)
    assert found.freedom == pytest.approx([8.0] * 4)  # four rows with two degrees each


@pytest.mark.parametrize("power", [-1000, -300, 250, 490])
def test_the_unit_of_values_changes_nothing(power):
    """Values from 1e-300 to 1e150: their fourth powers leave float64."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(6, 3)) + np.arange(6)[:, None]
    assert (find_p_values(fit_spreads(np.ldexp(rows, power))) == find_p_values(fit_spreads(rows))).all()


@pytest.mark.parametrize(("calm", "k"), [(0.3, 3), (0.3, 4), (0.5, 3)])
def test_many_calm_rows_do_not_make_the_spread_of_a_wild_one_known(calm, k):
    """Two rows of one distribution beside 18 of a smaller spread; without care, 8 to 10 % differ."""
    rng, boards = np.random.default_rng(0), 1000
    scales = np.array([1.0, 1.0, *[calm] * 18])[:, None]
    found = [find_p_values(fit_spreads(rng.normal(size=(20, k)) * scales))[0, 1] for _ in range(boards)]
    assert np.mean(np.array(found) <= 0.05) < 0.075


def test_a_variance_far_beyond_the_usual_one_has_the_degrees_of_freedom_of_its_row():
    rows = np.random.default_rng(0).normal(size=(20, 3))
    rows[0] *= 100
    found = fit_spreads(rows)
    assert found.freedom[0] == 2
    assert np.median(found.freedom) > 3


def test_rows_whose_squares_vanish_beside_a_diverged_one_are_not_without_spread():
    rng = np.random.default_rng(0)
    rows = [
        np.abs(rng.normal(size=5)) * 1e-14,
        np.abs(rng.normal(size=5)) * 1e-14,
        rng.normal(5, 1, 5) * 1e149,
    ]
    found = find_p_values(fit_spreads(rows))
    assert found[0, 1] > 0.5
    assert found[0, 2] < 0.01


def test_rows_of_very_unequal_sizes_have_p_values():
    rows = [
        [1e-160, 2e-160, 4e-160],
        [1e140, 2e140, 4e140],
        [1.0, 2.0, 4.0],
        [3.0, 2.0, 2.5],
        [9.0, 8.0, 9.5],
    ]
    assert np.isfinite(find_p_values(fit_spreads(rows))).all()


def test_a_variance_is_raised_to_the_usual_one_and_never_lowered():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50, 3)) * np.exp(rng.normal(size=(50, 1)) / 4)
    own, found = rows.var(axis=1, ddof=1), fit_spreads(rows.tolist())
    assert (variances_of(found) >= own * (1 - 1e-12)).all()
    assert (variances_of(found) > own).any()
    assert variances_of(found).min() > 0.2


def test_the_prior_of_known_variances_is_found():
    """Variances of an inverse chi-squared law with d0 = 10 and s0² = 4 (Smyth 2004, section 3)."""
    rng = np.random.default_rng(1)
    variances = 4 * 10 / rng.chisquare(10, size=4000)
    rows = rng.normal(size=(4000, 4)) * np.sqrt(variances)[:, None]
    found = fit_spreads(rows.tolist())
    assert found.freedom[0] - 3 == pytest.approx(10, rel=0.15)
    least = rows.var(axis=1, ddof=1) == 0
    own = rows.var(axis=1, ddof=1)
    smallest = int(np.argmin(np.where(least, np.inf, own)))
    d0 = found.freedom[0] - 3
    usual = (variances_of(found)[smallest] * (d0 + 3) - 3 * own[smallest]) / d0
    assert usual == pytest.approx(4, rel=0.05)


def _bias(freedom):
    """Return what the mean of log variances lacks to the logarithm of their mean."""
    return math.log(freedom / 2) - float(polygamma(0, freedom / 2))
