"""Intervals against statsmodels, scipy and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_bias.shared.intervals import distance_interval, mean_interval, newcombe, wilson


@pytest.mark.parametrize("case", ["0/20", "7/20", "20/20", "510/1000"])
@pytest.mark.parametrize("source", ["statsmodels", "scipy"])
def test_wilson_equals_the_reference(case, source, record):
    known = record("wilson", case, source)
    found = wilson(known["params"]["k"], known["params"]["n"])
    assert found == pytest.approx(tuple(known["value"]), abs=known["tol"], rel=0)


def test_newcombe_has_his_published_example():
    # Newcombe 1998, table II, row a: 56/70 - 48/80, method 10.
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_interval_of_a_mean_is_student_s():
    low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)), abs=1e-6)
    assert mean_interval(np.array([1.0])) == (None, None)


def test_the_interval_of_a_distance_holds_that_of_both_bootstraps_within_its_bounds():
    draws, chance = np.linspace(0.1, 0.5, 1001), np.linspace(0, 0.02, 101)
    assert distance_interval(0.3, draws, chance, 1) == pytest.approx((0.11, 0.49), abs=1e-9)
    assert distance_interval(0.35, draws, chance, 1) == pytest.approx((0.11, 0.59), abs=1e-9)
    assert distance_interval(0.9, draws, chance, 1) == pytest.approx((0.11, 1), abs=1e-9)


@pytest.mark.parametrize(("value", "begins_at_0"), [(0.90, True), (0.94, True), (0.96, False)])
def test_an_interval_begins_at_0_up_to_the_value_that_95_percent_of_chance_stays_below(value, begins_at_0):
    low, _ = distance_interval(value, np.linspace(0.8, 1.0, 101), np.linspace(0, 1, 1001), 2)
    assert (low == 0) is begins_at_0


def test_a_distance_that_chance_explains_may_be_0():
    draws = np.linspace(0.1, 0.5, 1001)
    assert distance_interval(0.3, draws, np.linspace(0, 0.4, 101), 1)[0] == 0
    assert distance_interval(0.3, draws, np.linspace(0, 0.3, 101), 1)[0] > 0
