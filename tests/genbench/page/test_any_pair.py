"""The plot of any two metrics."""

from __future__ import annotations

import json

import pytest
import vl_convert

from genbench.board.leaderboard import build_board
from genbench.page.any_pair import pair_plot

DIRECTIONS = {"recall": "higher", "size": "none"}


def plot(results, dataset="digits"):
    return pair_plot(build_board(results.plan, results.records), dataset)


@pytest.fixture(scope="module")
def table():
    return {
        "vae": {"fid": [1.0, 2.0, 3.0], "recall": [0.25, 0.5, 0.75], "size": [5.0, 5.0, 5.0]},
        "gan": {"fid": [7.0, 8.0, 9.0], "recall": [0.5, "error", 0.5], "size": [5.0, 6.0, 7.0]},
        "noise": {"fid": [90.0, 91.0, 92.0], "recall": [0.0, 0.0, 0.25], "size": [1.0, 1.0, 1.0]},
    }


def test_it_has_all_metrics_with_numbers_and_shows_two_ranked_ones_first(results_of, table):
    found = plot(results_of(table, directions={"fid": "none"} | DIRECTIONS))
    assert found.names == ("fid", "recall ↑", "size")
    assert found.first == (0, 1)
    assert plot(results_of(table, directions=DIRECTIONS)).first == (0, 1)


def test_the_chart_holds_the_numbers_of_each_generator(results_of, table):
    chart = json.loads(plot(results_of(table, directions=DIRECTIONS)).chart)
    points = {point["generator"]: point for point in chart["data"]["values"]}
    assert points["vae"]["values"] == [2.0, 0.5, 5.0]
    assert points["gan"]["values"] == [8.0, None, 6.0]
    assert (points["gan"]["texts"][1], points["noise"]["control"]) == ("error 1/3", True)


def test_vega_draws_it_without_and_with_the_controls(results_of, table):
    chart = json.loads(plot(results_of(table, directions=DIRECTIONS)).chart)
    without = vl_convert.vegalite_to_svg(chart)
    chart["params"] = [
        {"name": "x", "value": 0}, {"name": "y", "value": 2}, {"name": "controls", "value": True},
    ]  # fmt: skip
    with_controls = vl_convert.vegalite_to_svg(chart)
    assert ("vae" in without, "gan" in without, "noise" in without) == (True, False, False)
    assert ("vae" in with_controls, "gan" in with_controls, "noise" in with_controls) == (True, True, True)


def test_one_metric_makes_no_pair(results_of):
    assert plot(results_of({"vae": {"fid": [1.0]}})) is None
    assert plot(results_of({"vae": {"fid": [1.0], "kid": ["error"]}})) is None


def test_of_groups_that_cannot_be_compared_the_largest_is_shown(results_of):
    one = {"fid": [1.0], "kid": [1.0]}
    first, second = results_of({"a": one, "b": one}), results_of({"c": one}, n=50)
    plan = type(first.plan)(cells=first.plan.cells + second.plan.cells, traces=(), provenance={})
    both = type(first)(name="", plan=plan, records={**first.records, **second.records})
    assert {p["generator"] for p in json.loads(plot(both).chart)["data"]["values"]} == {"a", "b"}
