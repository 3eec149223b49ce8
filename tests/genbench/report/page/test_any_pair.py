"""The plot of any two metrics."""

from __future__ import annotations

import json

import pytest
import vl_convert

from genbench.board.view import view_results
from genbench.report.charts.scatter import plot_trade_off
from genbench.report.page.pictures import pair_plot

DIRECTIONS = {"recall": "higher", "size": "none"}


def plot(results, dataset="digits"):
    return pair_plot(view_results(results), dataset)


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


def test_metrics_that_most_generators_have_are_shown_first(results_of, table):
    assert plot(results_of(table, directions={"recall": "higher"})).first == (0, 2)  # gan has no recall


def test_the_chart_holds_the_numbers_of_each_generator(results_of, table):
    content = json.loads(plot(results_of(table, directions=DIRECTIONS)).chart)
    points = {point["point"]["generator"]: point for point in content["rows"]}
    assert [numbers[""] for numbers in points["vae"]["numbers"]] == [2.0, 0.5, 5.0]
    assert points["gan"]["numbers"][1] is None
    assert points["gan"]["numbers"][0][" text"] == "8.0 ± 2.5"
    assert (points["noise"]["control"], points["noise"]["point"]["shape"]) == (True, "square")


def test_each_metric_has_an_axis_without_and_with_the_controls(results_of, table):
    content = json.loads(plot(results_of(table, directions=DIRECTIONS)).chart)
    (fid, all_fid), (recall, _), (size, _) = content["axes"]
    assert (recall["title"], size["title"]) == ("recall, higher is better", "size, not ranked")
    assert fid["title"] == "fid, lower is better"
    assert all_fid["title"] == "fid, lower is better (logarithmic)"
    assert (fid["scale"]["domain"][1], all_fid["scale"]["domain"][1]) == pytest.approx((10.9, 117), abs=1)


def test_vega_draws_it_like_the_chart_of_two_metrics(results_of, table):
    whole = table | {"gan": table["gan"] | {"recall": [0.5, 0.4, 0.5]}}
    results = results_of(whole, directions=DIRECTIONS)
    content = json.loads(plot(results).chart)
    rows = [
        point["point"] | {f"{axis}{key}": value for axis, numbers in zip("xy", point["numbers"], strict=False)
                          for key, value in numbers.items()}
        for point in content["rows"] if None not in point["numbers"][:2] and not point["control"]
    ]  # fmt: skip
    trade = plot_trade_off(view_results(results), "digits", "fid", "recall")
    assert rows == sorted(trade["data"]["values"], key=lambda point: point["x"])
    layers, expected = content["chart"]["layer"], trade["layer"]
    assert layers[:-3] == expected[:-3]
    assert layers[-3:] == [layer | {"data": {"values": []}} for layer in expected[-3:]]  # without names
    image = vl_convert.vegalite_to_svg(content["chart"] | {"data": {"values": rows}})
    assert all(text in image for text in ("fid, lower is better", "recall, higher is better"))


def test_one_metric_makes_no_pair(results_of):
    assert plot(results_of({"vae": {"fid": [1.0]}})) is None
    assert plot(results_of({"vae": {"fid": [1.0], "kid": ["error"]}})) is None


def test_of_groups_that_cannot_be_compared_the_largest_is_shown(results_of):
    one = {"fid": [1.0], "kid": [1.0]}
    first, second = results_of({"a": one, "b": one}), results_of({"c": one}, n=50)
    plan = type(first.plan)(cells=first.plan.cells + second.plan.cells, traces=(), provenance={})
    both = type(first)(name="", plan=plan, records={**first.records, **second.records})
    assert {p["point"]["generator"] for p in json.loads(plot(both).chart)["rows"]} == {"a", "b"}
