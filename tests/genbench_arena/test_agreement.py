"""Krippendorff's alpha against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.raters import krippendorff_alpha


def alpha(units):
    """Return the agreement on units, each a list of choices."""
    values = sorted({value for unit in units for value in unit})
    where = [number for number, unit in enumerate(units) for _ in unit]
    chosen = [values.index(value) for unit in units for value in unit]
    return krippendorff_alpha(np.array(where, dtype=np.int64), np.array(chosen, dtype=np.int64))


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
    assert alpha(units) is None
