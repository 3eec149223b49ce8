from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.leaderboard import build_board
from genbench.report.charts.axes import Axis, fit_axis, is_near, log_ticks


@pytest.fixture
def entries(run_of):
    board = build_board(*run_of({"a": {"fid": [1.0, 3.0]}, "b": {"fid": [11.0]}, "c": {"fid": ["error"]}}))
    return {row.generator: row.entries["fid"] for row in board.rows}


def test_an_axis_holds_seeds_means_and_intervals(entries):
    axis = fit_axis("fid", [entries["a"]])
    assert axis.low < entries["a"].low < 1.0
    assert 3.0 < entries["a"].high < axis.high


def test_an_axis_of_equal_numbers_and_one_of_none_have_a_length(entries, run_of):
    (zero,) = build_board(*run_of({"z": {"fid": [0.0]}})).rows
    for given in ([entries["b"]], [entries["c"]], [zero.entries["fid"]], []):
        axis = fit_axis("fid", given)
        assert axis.low < axis.high


@pytest.fixture
def ranged(run_of):
    """Return a function to the entries of generators with these values, in a metric of this range."""

    def make(values, bounds=(None, None)):
        plan, records = run_of({f"g{place}": {"fid": [value] * 2} for place, value in enumerate(values)})
        plan = replace(
            plan, cells=tuple(replace(cell, facts=replace(cell.facts, range=bounds)) for cell in plan.cells)
        )
        return [row.entries["fid"] for row in build_board(plan, records).rows]

    return make


@pytest.mark.parametrize(
    ("values", "bounds", "ends"),
    [
        ([0.0, 1.0], (0.0, 1.0), (0.0, 1.0)),
        ([0.0, 0.5], (0.0, 1.0), (0.0, 0.52)),
        ([0.5, 1.0], (0.0, 1.0), (0.48, 1.0)),
        ([0.0, 1.0], (0.0, None), (0.0, 1.04)),
        ([0.0, 1.0], (None, None), (-0.04, 1.04)),
        ([0.0, 0.0], (0.0, 1.0), (0.0, 0.04)),
        ([-1.0, 0.0], (0.0, 1.0), (-1.0, 0.04)),  # a value beyond the range is shown
    ],
)
def test_no_end_of_an_axis_is_beyond_the_range_of_its_metric(ranged, values, bounds, ends):
    axis = fit_axis("fid", ranged(values, bounds))
    assert (axis.low, axis.high) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("values", "bounds", "is_log"),
    [
        ([3, 4, 10, 20, 213], (0.0, None), True),  # half of them within a tenth of the largest
        ([3, 4, 10, 22, 46], (0.0, None), False),
        ([1, 10, 100], (None, None), True),
        ([1, 11, 100], (None, None), False),
        ([0.0001, 0.04, 0.05], (0.0, None), False),  # one small number crowds nothing
        ([0, 1, 100], (0.0, None), False),
        ([-1, 1, 100], (None, None), False),
        ([0.01, 0.02, 0.9], (0.0, 1.0), False),  # a share of all
    ],
)
def test_an_axis_is_logarithmic_where_a_linear_one_shows_half_of_the_means_in_a_corner(
    ranged, values, bounds, is_log
):
    axis = fit_axis("fid", ranged(values, bounds))
    assert (axis.is_log, axis.title) == ((True, "fid (logarithmic)") if is_log else (False, "fid"))
    assert axis.encoding["scale"]["type"] == ("log" if is_log else "linear")


def test_an_interval_that_reaches_zero_ends_with_a_logarithmic_axis(run_of):
    rows = build_board(*run_of({"a": {"fid": [0.5, 9.0]}, "b": {"fid": [99.0, 101.0]}})).rows
    own = [row.entries["fid"] for row in rows]
    axis = fit_axis("fid", own)
    assert own[0].low < 0 < axis.low < 0.5
    assert own[1].high < axis.high


def test_a_value_is_a_share_of_its_axis():
    assert Axis(title="", low=1.0, high=5.0).position(2.0) == 0.25
    assert Axis(title="", low=1.0, high=100.0, is_log=True).position(10.0) == pytest.approx(0.5)


def test_a_value_beyond_an_end_is_at_this_end():
    for axis in (Axis(title="", low=1.0, high=5.0), Axis(title="", low=1.0, high=5.0, is_log=True)):
        assert (axis.position(-3.0), axis.position(9.0)) == (0.0, 1.0)


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
