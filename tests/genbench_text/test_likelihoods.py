"""What a model says of texts: what is refused, and what it costs for each unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_text.likelihoods import cost, log_probabilities, step_counts

from genbench import Invalid, Undefined

WHOSE = "the sampler's log_likelihood"


def test_log_probabilities_come_as_float64_and_rounding_above_0_is_0():
    found = log_probabilities([-1, np.float32(-2.5), 1e-7], 3, WHOSE)
    assert found.dtype == np.float64
    assert found.tolist() == [-1, -2.5, 0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([-1, -2, math.nan], "text 3 of 3 is nan; expected the log of a probability, <= 0"),
        ([-1, 0.5, 2], "text 2 of 3 is 0.5; expected the log of a probability, <= 0"),
        ([-1, math.inf, 2], "text 2 of 3 is inf; expected"),
        ([[-1], [-2], [-3]], r"gave the shape \(3, 1\); expected \(3,\), one number a text"),
        ([-1, -2], r"gave the shape \(2,\); expected \(3,\)"),
        (-6.0, r"gave the shape \(\); expected \(3,\)"),
        (None, "gave a NoneType that is no array of numbers; expected 3 of them"),
        (["a", "b", "c"], "gave a list that is no array of numbers; expected 3 of them"),
        ([[1], [1, 2], [3]], "gave a list that is no array of numbers; expected 3 of them"),
        (np.array([-1j] * 3), "gave a ndarray that is no array of numbers; expected 3 of them"),
    ],
)
def test_what_are_no_log_probabilities_is_invalid(values, message):
    with pytest.raises(Invalid, match=f"{WHOSE} .*{message}"):
        log_probabilities(values, 3, WHOSE)


def test_a_text_that_is_impossible_is_worse_than_any_number_and_no_way_out_of_a_ranking():
    message = "log_likelihood of text 2 of 4 is -inf, as of 2 in all: its perplexity would be infinite"
    with pytest.raises(Invalid, match=message):
        log_probabilities([-1, -math.inf, -3, -math.inf], 4, WHOSE)


@pytest.mark.parametrize("wrong", [-1, 2.5, math.nan, math.inf])
def test_steps_are_whole_numbers(wrong):
    assert step_counts(np.array([1, 0, 3]), 3, "counts").tolist() == [1, 0, 3]
    with pytest.raises(Invalid, match=r"counts of text 3 of 3 is .*; expected a whole number >= 0"):
        step_counts([1, 0, wrong], 3, "counts")


def test_a_unit_costs_the_sum_over_all_texts():
    found = cost(np.array([-2.0, -6.0]), np.array([1.0, 3.0]), "byte")
    assert (found.value, found.low, found.high) == (2, 2, 2)
    assert found.bits().value == pytest.approx(2 / math.log(2))
    assert found.perplexity("byte").value == pytest.approx(math.e**2)
    one = cost(np.array([-2.0]), np.array([1.0]), "byte").perplexity("byte")
    assert (one.low, one.high) == (None, None)


def test_the_interval_holds_the_cost_of_the_source_95_times_in_100():
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(1000):
        units = rng.integers(1, 20, size=200).astype(float)
        nats = -units * rng.gamma(4, 0.5, size=200)
        found = cost(nats, units, "token")
        hits += found.low <= 2 <= found.high
    assert hits / 1000 == pytest.approx(0.95, abs=0.02)


def test_what_costs_nothing_has_no_interval_below_0():
    found = cost(np.array([0.0, 0.0, -0.1]), np.ones(3), "token").perplexity("token")
    assert found.low == 1


def test_without_units_there_is_no_cost():
    with pytest.raises(Undefined, match="the texts hold no bytes"):
        cost(np.array([-1.0]), np.zeros(1), "byte")


def test_a_perplexity_beyond_numbers_is_undefined():
    with pytest.raises(Undefined, match="a word costs 900 nats, whose exponential no number holds"):
        cost(np.array([-900.0]), np.ones(1), "word").perplexity("word")
    with pytest.raises(Undefined, match="a word costs 600 nats"):
        cost(np.array([-300.0, -900.0]), np.ones(2), "word").perplexity("word")
    with pytest.raises(Invalid, match="a byte costs 900 nats"):
        cost(np.array([-900.0]), np.ones(1), "byte").perplexity("byte", Invalid)
