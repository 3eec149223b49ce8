"""Krippendorff's alpha against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.raters import measure_agreement
from scipy.stats import t


def measure(units):
    """Return the agreement on units, each a list of choices, or None."""
    values = sorted({value for unit in units for value in unit})
    where = [number for number, unit in enumerate(units) for _ in unit]
    chosen = [values.index(value) for unit in units for value in unit]
    return measure_agreement(np.array(where, dtype=np.int64), np.array(chosen, dtype=np.int64))


def alpha(units):
    """Return alpha on units, each a list of choices."""
    return measure(units).alpha


def test_perfect_agreement_is_one():
    assert alpha([["a", "a"], ["b", "b"], ["a", "a", "a"]]) == 1


def test_two_raters_who_never_agree_are_below_chance():
    """Two units, a against b each: observed 1, expected 4 * 2 * 2 / (4 * 3) / ... = 2/3."""
    assert alpha([["a", "b"], ["a", "b"]]) == pytest.approx(1 - 1 / (2 / 3))


def test_the_example_of_krippendorff_with_two_coders_and_two_values():
    """Content Analysis, 11.3.1: ten units, observed disagreement 4 of 20, values 14 and 6."""
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    units = [[str(one), str(two)] for one, two in zip(first, second, strict=True)]
    assert alpha(units) == pytest.approx(0.095, abs=5e-4)


def test_units_of_one_rater_count_for_nothing():
    units = [["a", "a"], ["b", "b"], ["a", "b"]]
    assert alpha([*units, ["b"], []]) == alpha(units)


@pytest.mark.parametrize("units", [[], [["a"]], [["a", "a"], ["a", "a"]]])
def test_without_repeats_or_variation_there_is_none(units):
    assert measure(units) is None


def test_the_interval_is_that_of_a_jackknife_over_units():
    units = [["a", "a"], ["b", "b", "a"], ["a", "b"], ["b", "b"], ["a", "a"], ["b"]]
    repeated = units[:5]
    without = [alpha(repeated[:at] + repeated[at + 1 :]) for at in range(5)]
    half = t.ppf(0.975, 4) * np.sqrt(4 / 5 * np.sum((np.array(without) - np.mean(without)) ** 2))
    found = measure(units)
    assert (found.low, found.high) == pytest.approx((found.alpha - half, min(1, found.alpha + half)))
    assert (found.pairs, found.votes) == (5, 11)


@pytest.mark.parametrize("units", [[["a", "b", "b"]], [["a", "a"], ["b", "b"]], [["a", "a"], ["a", "b"]]])
def test_without_a_spread_over_units_there_is_no_interval(units):
    assert measure(units).low is measure(units).high is None


def test_the_interval_covers_the_agreement_of_many_pairs():
    """Two raters see one truth, each right in 80 %: alpha is 2 (2 * 0.8 - 1)^2 / 2 = 0.36 over many pairs."""
    rng, covered = np.random.default_rng(0), 0
    for _ in range(200):
        truth = rng.integers(2, size=40)
        chosen = np.where(rng.random((2, 40)) < 0.8, truth, 1 - truth)
        found = measure_agreement(np.tile(np.arange(40), 2), chosen.ravel())
        covered += found.low <= 0.36 <= found.high
    assert 180 <= covered <= 198  # of 200, 95 % are 190
