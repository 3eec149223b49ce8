from __future__ import annotations

import pytest

from genbench.board.leaderboard import build_board
from genbench.charts.axes import axis_ends, is_near, log_ticks


@pytest.fixture
def entries(run_of):
    board = build_board(*run_of({"a": {"fid": [1.0, 3.0]}, "b": {"fid": [11.0]}, "c": {"fid": ["error"]}}))
    return {row.generator: row.entries["fid"] for row in board.rows}


def test_an_axis_holds_seeds_means_and_intervals(entries):
    low, high = axis_ends([entries["a"]])
    assert low < entries["a"].low < 1.0
    assert 3.0 < entries["a"].high < high


def test_an_axis_of_equal_numbers_and_one_of_none_have_a_length(entries, run_of):
    (zero,) = build_board(*run_of({"z": {"fid": [0.0]}})).rows
    for given in ([entries["b"]], [entries["c"]], [zero.entries["fid"]], []):
        low, high = axis_ends(given)
        assert low < high


def test_a_control_is_near_within_the_length_of_the_range_of_the_generators(run_of):
    table = {"a": {"fid": [10.0]}, "b": {"fid": [20.0]}, "w": {"fid": [0.5]}, "x": {"fid": [-0.5]},
             "y": {"fid": [29.5]}, "z": {"fid": [30.5]}, "e": {"fid": ["error"]}}  # fmt: skip
    own = {row.generator: row.entries["fid"] for row in build_board(*run_of(table)).rows}
    assert [name for name in "wxyze" if is_near(own[name], [own["a"], own["b"]])] == ["w", "y"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (13, 190, [20, 50, 100]),
        (0.9, 11, [1, 2, 5, 10]),
        (0.001, 20, [0.001, 0.01, 0.1, 1, 10]),
        (8, 13, [8, 9, 10]),
        (2.5, 4.5, [3, 4]),
        (15, 95, [20, 30, 40, 50, 60, 70, 80, 90]),
    ],
)
def test_ticks_of_a_logarithmic_axis_are_round_numbers_within_it(low, high, ticks):
    assert log_ticks(low, high) == pytest.approx(ticks)
