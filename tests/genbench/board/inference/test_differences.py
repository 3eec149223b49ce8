"""The difference of two rows, against scipy.stats and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from genbench.board.inference.welch import estimate_difference

A, B = [1.0, 4.0, 2.5], [0.5, 3.0, 2.0]


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_of_two_rows_it_is_welchs(level):
    found = estimate_difference(A, B, [], level)
    expected = stats.ttest_ind(A, B, equal_var=False)
    assert found.mean == pytest.approx(2.5 - 5.5 / 3)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(level)), rel=1e-12)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-12)


def test_the_effect_changes_its_sign_with_the_order():
    found, other = estimate_difference(A, B, []), estimate_difference(B, A, [])
    assert found.effect == pytest.approx(-other.effect)
    assert found.effect == pytest.approx(found.mean / ((1.5**2 + 1.25**2 + 0) / 2) ** 0.5, rel=0.3)


def test_the_interval_excludes_zero_exactly_where_p_is_below_its_level():
    rows = [[5.0, 5.5, 5.2], [9.0, 8.0, 8.6], [3.0, 3.1, 2.6], [1.0, 1.5, 1.9]]
    for shift in (0.0, 0.5, 1.0, 1.5, 2.0):
        found = estimate_difference(rows[0], [value + shift for value in rows[0]], rows[1:])
        assert (found.high < 0) == (found.p < 0.05)


@pytest.mark.parametrize("power", [-1000, -300, 250, 490])
def test_the_unit_of_values_changes_nothing_but_the_unit(power):
    found, other = (
        estimate_difference(A, B, []),
        estimate_difference(*(np.ldexp(row, power).tolist() for row in (A, B)), []),
    )
    assert other[:3] == tuple(np.ldexp(found[:3], power))
    assert other[3:] == found[3:]


def test_two_runs_of_which_one_row_has_a_spread_have_no_effect():
    found = estimate_difference([1.0, 2.0], [5.0, 5.0], [])
    assert found.effect is None
    assert found.p > 0.05


def test_two_rows_without_spread_have_no_effect():
    assert estimate_difference([1.0] * 3, [2.0] * 3, []) == (-1.0, -1.0, -1.0, None, pytest.approx(0.1))
