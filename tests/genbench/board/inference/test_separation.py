"""How many votes separate two intervals: limits, closed forms and a simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from genbench.board.inference.sample_size import MOST_VOTES, compute_separation_power, find_votes

PILOT = {"error": 10.0, "of_difference": math.sqrt(2) * 10}


def test_with_known_errors_it_is_the_normal_closed_form():
    found = find_votes(100, difference=30.0, **PILOT)
    expected = 100 * ((2 * norm.ppf(0.975) * 10 + norm.ppf(0.8) * math.sqrt(2) * 10) / 30) ** 2
    assert found == math.ceil(expected)
    assert compute_separation_power(found / 100, difference=30.0, **PILOT) >= 0.8
    assert compute_separation_power((found - 1) / 100, difference=30.0, **PILOT) < 0.8


def test_few_raters_need_more_votes_and_one_is_never_enough():
    many, few = (find_votes(100, difference=30.0, freedom=f, **PILOT) for f in (1000.0, 5.0))
    assert few > many
    assert compute_separation_power(0.1, difference=1e9, freedom=5.0, **PILOT) == 0.0


def test_half_the_difference_needs_four_times_the_votes():
    one, half = (find_votes(1000, difference=d, **PILOT) for d in (30.0, 15.0))
    assert half == pytest.approx(4 * one, rel=1e-3)


def test_what_no_number_of_votes_tells_is_none():
    assert find_votes(100, difference=1e-3, **PILOT) is None
    assert find_votes(MOST_VOTES, difference=1e9, **PILOT) == 1


@pytest.mark.parametrize("freedom", [8, 30])
def test_the_power_is_that_of_simulated_intervals(rng, freedom):
    """Of two independent scores, each the mean over raters, whose interval is that of t."""
    needed = find_votes(1000, difference=2.0, error=1.0, of_difference=math.sqrt(2), freedom=freedom)
    crowd = round(needed / 1000 * (freedom + 1))
    error = math.sqrt((freedom + 1) / crowd)
    means = rng.normal(scale=error, size=(20_000, 2))
    half = t.ppf(0.975, crowd - 1) * error * np.sqrt(rng.chisquare(crowd - 1, means.shape) / (crowd - 1))
    apart = np.mean(means[:, 0] + 2.0 - half[:, 0] > means[:, 1] + half[:, 1])
    assert apart == pytest.approx(0.8, abs=0.03)
