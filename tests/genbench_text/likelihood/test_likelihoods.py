"""What a model says of texts: what is refused, and what it costs for each unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_text.likelihood.likelihoods import cost, law_of_texts, log_probabilities, step_counts

from genbench import Invalid, Undefined

WHOSE = "the sampler's log_likelihood"


def test_log_probabilities_come_as_float64_and_rounding_above_0_is_0():
    found = log_probabilities([-1, np.float32(-2.5), 1e-7], 3, WHOSE)
    assert found.dtype == np.float64
    assert found.tolist() == [-1, -2.5, 0]


def test_rounding_above_0_is_a_millionth_of_a_nat():
    assert log_probabilities([-1, 9e-7], 2, WHOSE).tolist() == [-1, 0]
    with pytest.raises(Invalid, match=r"text 2 of 2 is 1\.1e-06; expected the log of a probability"):
        log_probabilities([-1, 1.1e-6], 2, WHOSE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([-1, -2, math.nan], "text 3 of 3 is nan; expected the log of a probability, <= 0"),
        ([-1, 0.5, 2], "text 2 of 3 is 0.5; expected the log of a probability, <= 0"),
        ([-1, math.inf, 2], "text 2 of 3 is inf; expected"),
        ([[-1], [-2], [-3]], r"returned the shape \(3, 1\); expected \(3,\), one number per text"),
        ([-1, -2], r"returned the shape \(2,\); expected \(3,\)"),
        (-6.0, r"returned the shape \(\); expected \(3,\)"),
        (None, "returned a NoneType that is not an array of numbers; expected 3"),
        (["a", "b", "c"], "returned a list that is not an array of numbers; expected 3"),
        ([[1], [1, 2], [3]], "returned a list that is not an array of numbers; expected 3"),
        (np.array([-1j] * 3), "returned a ndarray that is not an array of numbers; expected 3"),
    ],
)
def test_what_are_no_log_probabilities_is_invalid(values, message):
    with pytest.raises(Invalid, match=f"{WHOSE} .*{message}"):
        log_probabilities(values, 3, WHOSE)


def test_a_text_that_is_impossible_is_worse_than_any_number_and_no_way_out_of_a_ranking():
    message = "log_likelihood of text 2 of 4 is -inf, as of 2 in all: its perplexity would be infinite"
    with pytest.raises(Invalid, match=message):
        log_probabilities([-1, -math.inf, -3, -math.inf], 4, WHOSE)


class Halves:
    """A law of texts over a and b, all steps alike; the end is a step of 3 choices."""

    def __init__(self, choices):
        self.choices = choices

    def log_likelihood(self, texts, *, prompts=None):
        steps = np.array([len(text) + (self.choices == 3) for text in texts])
        return -steps * math.log(self.choices)


@pytest.mark.parametrize("choices", [2, 3])
def test_a_law_may_give_all_its_probability_to_texts_and_their_beginnings(choices):
    texts = [f"{number:0{length}b}" for length in range(1, 9) for number in range(2**length)]
    texts = ["", *texts, *texts]
    nats = law_of_texts(Halves(choices), texts, WHOSE)
    assert nats.tolist() == Halves(choices).log_likelihood(texts).tolist()


class Given:
    def __init__(self, *values):
        self.values = values

    def log_likelihood(self, texts, *, prompts=None):
        return self.values


def test_a_model_that_calls_every_text_certain_is_no_law():
    message = "gives 2 texts, none of which begins another, probabilities of 2 together; those"
    with pytest.raises(Invalid, match=f"{WHOSE} {message}"):
        law_of_texts(Given(0, 0, 0, 0), ["ab", "a", "b", "ab"], WHOSE)
    with pytest.raises(Invalid, match=r"probabilities of 1\.1 together"):
        law_of_texts(Given(math.log(0.5), math.log(0.6)), ["a", "b"], WHOSE)


def test_the_beginnings_of_one_text_and_its_copies_may_all_be_certain():
    assert law_of_texts(Given(0, 0, 0, 0), ["ab", "", "a", "ab"], WHOSE).tolist() == [0, 0, 0, 0]
    assert law_of_texts(Given(0), [""], WHOSE).tolist() == [0]


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


def test_the_error_is_that_of_a_ratio_with_one_degree_of_freedom_less_than_texts():
    """Residuals are 1 and -1: error^2 = 2 / (2 - 1) * (1 + 1) / 2^2 = 1."""
    found = cost(np.array([-1.0, -3.0]), np.array([1.0, 1.0]), "byte")
    assert (found.value, found.low, found.high) == pytest.approx(
        (2, 2 - 1.959963985, 2 + 1.959963985), abs=1e-8
    )


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
    nothing = cost(np.zeros(2), np.ones(2), "byte").bits()
    assert (str(nothing.value), str(nothing.low), str(nothing.high)) == ("0.0", "0.0", "0.0")


def test_without_units_there_is_no_cost():
    with pytest.raises(Undefined, match="the texts have no bytes"):
        cost(np.array([-1.0]), np.zeros(1), "byte")


def test_a_perplexity_beyond_numbers_is_undefined():
    with pytest.raises(Undefined, match="a word costs 900 nats, whose exponential no number holds"):
        cost(np.array([-900.0]), np.ones(1), "word").perplexity("word")
    with pytest.raises(Undefined, match="a word costs 600 nats"):
        cost(np.array([-300.0, -900.0]), np.ones(2), "word").perplexity("word")
    with pytest.raises(Invalid, match="a byte costs 900 nats"):
        cost(np.array([-900.0]), np.ones(1), "byte").perplexity("byte", Invalid)
