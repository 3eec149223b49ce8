"""How many runs a test needs, against simulation and published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from genbench.board.inference.sample_size import (
    compute_upper_limit,
    compute_welch_power,
    find_runs,
    pool_deviation,
)


@pytest.mark.parametrize(("effect", "runs"), [(0.2, 394), (0.5, 64), (0.8, 26)])
def test_the_runs_are_those_of_cohens_table(effect, runs):
    """Cohen 1988, table 2.4.1: alpha 0.05 two-sided, power 0.80; there 393, 64 and 26 by rounding."""
    assert find_runs(effect, least=2) == pytest.approx(runs, abs=1)


@pytest.mark.parametrize(("runs", "effect"), [(3, 2.0), (5, 1.5), (20, 0.7)])
def test_the_power_is_the_share_of_simulated_tests(runs, effect):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(10_000, runs)), rng.normal(effect, size=(10_000, runs))
    found = np.mean(stats.ttest_ind(a, b, axis=1, equal_var=False).pvalue < 0.05)
    assert compute_welch_power(runs, effect) == pytest.approx(found, abs=0.015)


def test_without_an_effect_the_power_is_the_level_or_a_little_less():
    """Welch's test is conservative at equal variances of few runs."""
    assert 0.095 < compute_welch_power(7, 0.0, alpha=0.1) < 0.1
    assert compute_welch_power(1000, 0.0, alpha=0.1) == pytest.approx(0.1, rel=1e-4)


def test_the_smallest_number_with_the_power_is_found():
    runs = find_runs(0.9, least=3, power=0.9)
    assert compute_welch_power(runs, 0.9) >= 0.9 > compute_welch_power(runs - 1, 0.9)
    assert find_runs(50.0, least=3) == 3
    assert find_runs(1e-4, least=3) is None


def test_the_deviation_is_pooled_by_degrees_of_freedom():
    deviation, freedom = pool_deviation([[0.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
    assert (deviation, freedom) == (pytest.approx(math.sqrt(2 / 4)), 4)


def test_the_upper_limit_holds_the_deviation_as_often_as_it_says():
    rng = np.random.default_rng(0)
    deviations = rng.normal(size=(4000, 5)).std(axis=1, ddof=1)
    held = np.mean([compute_upper_limit(float(deviation), 4, 0.8) >= 1 for deviation in deviations])
    assert held == pytest.approx(0.8, abs=0.02)
