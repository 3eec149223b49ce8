"""Intervals, ranks and win rates, against closed forms and scipy.stats."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench.board.ranking import (
    FAILED,
    NO_LOSS,
    column_ranks,
    interval,
    loss,
    mean_win_rates,
    ranks,
    win_rates,
)

OUTCOMES = st.sampled_from([FAILED, NO_LOSS, 1.0, 2.0, 3.0])


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.5, 0.25, 4.0], [12.5, 12.5, 12.75, 13.0, 9.0]])
def test_the_interval_is_that_of_scipy_stats(values):
    from scipy import stats

    _, *ends = interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert ends == pytest.approx(tuple(expected), rel=1e-12)


def test_two_values_give_the_closed_form_of_students_t_with_one_degree_of_freedom():
    mean, _, high = interval([0.0, 2.0])
    assert mean == 1.0
    assert high - 1 == pytest.approx(math.tan(math.pi * 0.475), rel=1e-12)


def test_one_value_has_no_interval():
    assert interval([3.5], (0.0, 4.0)) == (3.5, None, None)


def test_equal_values_have_an_interval_of_no_width():
    assert interval([0.1] * 3) == (0.1, 0.1, 0.1)


@pytest.mark.parametrize(
    ("bounds", "ends"), [((0.0, 1.0), (0.0, 1.0)), ((0.0, None), (0.0, 1.97)), ((None, 1.0), (-0.57, 1.0))]
)
def test_an_interval_ends_at_the_bounds_of_the_metric(bounds, ends):
    _, *found = interval([0.6, 0.8], bounds)
    assert found == pytest.approx(ends, abs=0.005)


@pytest.mark.parametrize("scale", [1e-310, 1.0, 1e307])
def test_no_size_of_value_overflows(scale):
    mean, low, _ = interval([scale, 3 * scale])
    assert mean == pytest.approx(2 * scale)
    assert mean - low == pytest.approx(math.tan(math.pi * 0.475) * scale, rel=1e-9)


@given(st.permutations([0.1, 0.2, 0.3, 1e16, -1e16]))
def test_the_order_of_values_does_not_matter(values):
    assert interval(values) == interval(sorted(values))


def test_loss_is_lower_for_the_better_value():
    assert loss(2.0, "lower", None) == 2.0
    assert loss(2.0, "higher", None) == -2.0
    assert loss(0.75, "target", 1.0) == loss(1.25, "target", 1.0) == 0.25


def test_rounding_decides_no_rank():
    here, there = loss(0.03636363636363643, "target", 0.0), loss(-0.036363636363636334, "target", 0.0)
    assert here == there
    assert loss(1.0 + 1e-9, "lower", None) > loss(1.0, "lower", None)
    assert loss(float("inf"), "lower", None) == FAILED


def test_a_metric_without_direction_has_no_loss():
    with pytest.raises(ValueError, match="'none' is not ranked"):
        loss(1.0, "none", None)


def test_ties_share_the_better_rank():
    assert ranks({"a": 1.0, "b": 2.0, "c": 1.0, "d": 3.0}) == {"a": 1, "c": 1, "b": 3, "d": 4}


def test_a_column_ranks_those_that_have_a_value():
    assert column_ranks({"a": 2.0, "b": FAILED, "c": 1.0, "d": NO_LOSS}) == {"c": 1, "a": 2}


@pytest.mark.parametrize("column", [{}, {"a": 1.0}, {"a": 1.0, "b": NO_LOSS}])
def test_nobody_is_ranked_alone(column):
    assert column_ranks(column) == {}
    assert rates_of(column) == {}


def test_win_rates_without_ties_are_the_share_of_others_beaten():
    assert rates_of({"a": 1.0, "b": 2.0, "c": 3.0}) == {"a": 1, "b": Fraction(1, 2), "c": 0}


def test_a_tie_counts_as_half_a_win():
    assert rates_of({"a": 1.0, "b": 1.0, "c": 3.0}) == {"a": Fraction(3, 4), "b": Fraction(3, 4), "c": 0}
    assert rates_of({"a": 1.0, "b": 1.0}) == {"a": Fraction(1, 2), "b": Fraction(1, 2)}


def test_the_mean_win_rate_of_a_rows_runs_is_that_of_mann_and_whitney():
    from scipy.stats import mannwhitneyu

    a, b = (1.0, 4.0, 2.5), (3.0, 2.5, 5.0)
    rates = win_rates({"a": a, "b": b})
    beaten = mannwhitneyu(b, a).statistic  # pairs in which a's loss is lower, ties half
    among_its_own = 3
    assert sum(rates["a"]) == (Fraction(beaten) + among_its_own) / 5
    assert rates["a"] == (1, Fraction(1, 5), Fraction(7, 10))


def test_a_failure_is_beaten_by_every_value_and_ties_with_nothing():
    assert rates_of({"a": 1.0, "b": FAILED, "c": FAILED}) == {"a": 1, "b": 0, "c": 0}


def test_a_skipped_row_takes_no_part():
    assert rates_of({"a": 1.0, "b": NO_LOSS, "c": 2.0}) == {"a": 1, "c": 0}


def test_a_column_in_which_all_failed_counts_for_nobody():
    assert rates_of({"a": FAILED, "b": FAILED}) == {}


def test_the_mean_is_over_the_columns_that_give_a_rate():
    columns = [{"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.0}, {"a": 1.0, "b": NO_LOSS}, {"a": 1.0, "b": FAILED}]
    assert rates_of(*columns) == {"a": Fraction(2, 3), "b": Fraction(1, 3)}


def test_the_mean_is_run_by_run():
    columns = [{"a": (1.0, 4.0), "b": (2.0, 3.0)}, {"a": (1.0, 2.0), "b": (3.0, 4.0)}]
    assert mean_win_rates(columns) == {"a": (1, Fraction(1, 3)), "b": (Fraction(1, 2), Fraction(1, 6))}


@given(st.dictionaries(st.sampled_from("abcde"), st.lists(OUTCOMES, min_size=2, max_size=2), min_size=1))
def test_win_rates_lie_between_nothing_and_all(column):
    rows = {key: None if NO_LOSS in own else tuple(own) for key, own in column.items()}
    rates = [rate for own in win_rates(rows).values() for rate in own]
    assert all(0 <= rate <= 1 for rate in rates)
    if rates and not any(FAILED in own for own in rows.values() if own):
        assert sum(rates) == Fraction(len(rates), 2)


@given(st.lists(st.lists(OUTCOMES, min_size=3, max_size=3), min_size=1, max_size=4), st.data())
def test_a_failure_never_improves_a_rank(rows, data):
    columns = [dict(zip("abc", row, strict=True)) for row in rows]
    number = data.draw(st.integers(0, len(columns) - 1))
    failed = [column | {"a": FAILED} if i == number else column for i, column in enumerate(columns)]
    if columns[number]["a"] is NO_LOSS:
        return
    before, after = rates_of(*columns), rates_of(*failed)
    for other in ("b", "c"):
        if {"a", other} <= before.keys() & after.keys() and before[other] >= before["a"]:
            assert after[other] >= after["a"]


def rates_of(*columns):
    """Return the mean win rates of columns of one run a row."""
    of_runs = [{key: None if own is None else (own,) for key, own in column.items()} for column in columns]
    return {key: rate for key, (rate,) in mean_win_rates(of_runs).items()}
