"""Ranges of ranks: their form here, their coverage in benchmarks and docs/ranks.md."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.board.inference.rank_ranges import adjust_by_holm, holm, interval_ranges, rank_ranges


def ranges(rows, **options):
    return rank_ranges({name: float(np.mean(own)) for name, own in rows.items()}, rows, **options)


def test_rows_far_apart_have_one_rank_each():
    rows = {"a": [1.0, 1.1, 1.2], "b": [5.0, 5.1, 5.2], "c": [9.0, 9.1, 9.2]}
    assert ranges(rows) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}


def test_rows_that_overlap_share_their_ranks():
    rows = {"a": [1.0, 1.3, 1.2], "b": [1.1, 1.0, 1.3], "c": [9.0, 9.1, 9.2]}
    assert ranges(rows) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}


@pytest.mark.parametrize("runs", [1, 2])
def test_under_three_runs_there_are_no_ranges(runs):
    assert ranges({"a": [1.0] * runs, "b": [9.0] * runs}) == {}
    assert rank_ranges({}, {}) == {}


def test_a_row_without_runs_counts_and_nothing_is_said_of_it():
    runs = {"a": [1.0, 1.1, 1.2], "b": [5.0, 5.1, 5.2]}
    assert rank_ranges({"a": 1.1, "b": 5.1, "fixed": 99.0}, runs) == {"a": (1, 2), "b": (2, 3)}


def test_constant_rows_are_told_apart_from_four_runs_on():
    assert ranges({"a": [1.0] * 3, "b": [2.0] * 3}) == {"a": (1, 2), "b": (1, 2)}
    assert ranges({"a": [1.0] * 4, "b": [2.0] * 4}) == {"a": (1, 1), "b": (2, 2)}


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.0, 1.5, 7.0]), min_size=3, max_size=3), min_size=2, max_size=7)
)
def test_a_range_holds_the_rank_of_the_mean(rows):
    named = dict(zip("abcdefg", rows, strict=False))
    means = {name: float(np.mean(own)) for name, own in named.items()}
    for name, (low, high) in ranges(named).items():
        assert 1 <= low <= 1 + sum(mean < means[name] for mean in means.values()) <= high <= len(rows)


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(0)
    rows = {name: rng.normal(size=3).tolist() for name in "abcdef"}
    assert ranges(rows) == ranges(dict(reversed(rows.items())))


def test_of_equal_rows_about_one_in_twenty_ranges_is_too_narrow():
    rng = np.random.default_rng(0)
    boards = [{name: rng.normal(size=5).tolist() for name in "abcdef"} for _ in range(400)]
    whole = np.mean([found == (1, 6) for rows in boards for found in ranges(rows).values()])
    assert 0.93 < whole < 0.99


def test_holm_stops_at_the_first_p_value_that_is_too_great():
    p = np.array([[0.001, 0.02, 0.03, np.inf], [0.06, 0.01, 0.02, np.inf]])
    assert holm(p, 0.05).tolist() == [[True, True, True, False], [False, True, True, False]]
    assert holm(np.array([[0.02, 0.03, 0.04]]), 0.05).tolist() == [[False, False, False]]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_corrected_p_values_agree_with_the_decisions(p):
    corrected = adjust_by_holm(p)
    assert all(own <= value for own, value in zip(p, corrected, strict=True))
    near = [abs(value - 0.05) < 1e-9 for value in corrected]
    decided = holm(np.array([p]), 0.05)[0].tolist()
    assert all(n or (value <= 0.05) == d for value, d, n in zip(corrected, decided, near, strict=True))


def test_rows_whose_own_intervals_are_apart_are_told_apart():
    losses = {"a": 1.0, "b": 2.0, "c": 9.0}
    ends = {"a": (0.5, 1.6), "b": (1.5, 2.5), "c": (8.0, 10.0)}
    assert interval_ranges(losses, ends) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}
    assert interval_ranges(losses, ends | {"a": (0.5, 1.4)}) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}


def test_a_row_without_an_own_interval_counts_and_has_no_range():
    losses = {"a": 1.0, "b": 2.0, "c": 3.0}
    assert interval_ranges(losses, {"a": (0.9, 1.1), "c": (2.9, 3.1)}) == {"a": (1, 2), "c": (2, 3)}


def test_an_interval_that_does_not_hold_its_value_still_gives_a_range_with_its_rank():
    losses = {"a": 1.0, "b": 2.0, "c": 3.0}
    ends = {"a": (5.0, 6.0), "b": (1.9, 2.1), "c": (2.9, 3.1)}
    assert interval_ranges(losses, ends)["a"] == (1, 3)
