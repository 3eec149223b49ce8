from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.scatter import HEIGHT, PLOT_WIDTH, plot_cost, plot_trade_off
from genbench.report.charts.theme import ACCENT, GLYPH, LINE, PAPER

TABLE = {
    "a": {"p[x]": [0.8, 0.7, 0.9], "r": [0.3, 0.4, 0.2]},
    "b": {"p[x]": [0.5, 0.4, 0.6], "r": [0.6, 0.7, 0.5]},
    "half": {"p[x]": [0.5, 0.4, 0.6], "r": ["error", 0.7, 0.5]},
    "held-out": {"p[x]": [0.9, 0.9, 0.9], "r": [0.7, 0.7, 0.7]},
    "noise": {"p[x]": [0.6, 0.6, 0.6], "r": [-9.0, -9.0, -9.0]},
}
UP = {"p[x]": "higher", "r": "higher"}


def test_a_point_has_the_means_and_the_intervals_of_both_metrics(run_of, board_of, rows_in):
    rows = rows_in(plot_trade_off(board_of(run_of(TABLE, directions=UP)), "digits", "p[x]", "r"), "x")
    points = {row["generator"]: row for row in rows}
    assert set(points) == {"a", "b", "held-out"}
    assert (points["a"]["x"], points["a"]["y"]) == (0.8, 0.3)
    assert points["a"]["x low"] < 0.7
    assert points["a"]["y high"] > 0.4
    assert points["a"]["x text"].startswith("0.80 ± 0.2")


def test_controls_are_squares_and_one_far_away_is_named(run_of, board_of, rows_in, texts):
    chart = plot_trade_off(board_of(run_of(TABLE, directions=UP)), "digits", "p[x]", "r")
    shapes = {row["generator"]: row["shape"] for row in rows_in(chart, "shape")}
    assert shapes == {"a": "circle", "b": "circle", "held-out": "square"}
    shown = texts(chart)
    assert "beyond the axes: noise at 0.6000 ± 0 and −9 ± 0" in " ".join(shown)
    axes = {"p, higher is better", "r, higher is better"}
    names = {"a", "b", "held-out", "p and r", "features: x", "squares: controls; lines: 95 % intervals"}
    assert {*names, *axes, "without a value of both: half"} <= set(shown)


def test_without_controls_no_note_speaks_of_them(run_of, board_of, texts):
    table = {name: TABLE[name] for name in "ab"}
    shown = texts(plot_trade_off(board_of(run_of(table)), "digits", "p[x]", "r"))
    assert "lines: 95 % intervals" in shown
    assert not any("squares" in text for text in shown)
    one = {name: {metric: values[:1] for metric, values in own.items()} for name, own in table.items()}
    shown = texts(plot_trade_off(board_of(run_of(one)), "digits", "p[x]", "r"))
    assert not any("95 %" in text for text in shown)


@pytest.mark.parametrize("failed", ["p", "r"])
def test_without_a_generator_that_has_both_there_is_no_plot(run_of, board_of, failed):
    both = {"p": [1.0], "r": [1.0]}
    board = board_of(run_of({"a": both | {failed: ["error"]}, "noise": both}))
    assert plot_trade_off(board, "digits", "p", "r") is None


def costs(**seconds):
    return pd.DataFrame(
        [
            {"dataset": dataset, "generator": generator, "seed": seed, "fit_s": fit, "sample_s": 1.0}
            for generator, fits in seconds.items()
            for seed, fit in enumerate(fits)
            for dataset in ("digits", "other")
        ]
    )


def test_cost_is_the_mean_time_of_training_and_drawing(run_of, board_of, rows_in, texts):
    chart = plot_cost(board_of(run_of(TABLE)), costs(a=[9.0, 11.0], noise=[1.0]), "digits", "p[x]")
    (point,) = rows_in(chart, "x")
    assert (point["generator"], point["x"], point["y"], point["x text"]) == ("a", 11.0, 0.8, "11.0 s")
    notes = {"p and cost", "lines: 95 % intervals", "without a value or a time: b and half"}
    assert notes <= set(texts(chart))


def test_without_timings_there_is_no_plot(run_of, board_of):
    assert plot_cost(board_of(run_of(TABLE)), costs(other=[1.0]), "digits", "p[x]") is None
    assert plot_cost(board_of(run_of(TABLE)), costs(a=[1.0])[:0], "digits", "p[x]") is None


def test_names_lie_on_what_cuts_the_lines_behind_them(run_of, board_of):
    chart = plot_trade_off(board_of(run_of(TABLE, directions=UP)), "digits", "p[x]", "r")
    *marks, lead, halo, names = chart["layer"]
    kinds = [layer["mark"]["type"] for layer in marks]
    intervals = ["rule", "rule", *["point", "tick"] * 2]  # lines, joints, and an arrow or a cap at either end
    assert kinds == [*intervals, *intervals, "point"]
    assert lead["data"] == halo["data"] == names["data"]
    assert {row["name"] for row in names["data"]["values"]} == {"a", "b", "held-out"}
    image = draw_chart(chart, "svg").decode()
    assert image.index('stroke="#ffffff" stroke-width="4"') < image.rindex(">held-out</text>")
    assert image.count(">held-out</text>") == 2


def test_a_long_name_is_short_beside_its_point_and_whole_in_its_details(run_of, board_of, rows_in, texts):
    name = "diffusion-transformer-large@quickstart"
    chart = plot_trade_off(board_of(run_of({name: TABLE["a"], "b": TABLE["b"]})), "digits", "p[x]", "r")
    assert "diffusion-tra…ickstart" in texts(chart)
    assert name in {row["generator"] for row in rows_in(chart, "x")}


CUT = {
    "cut": {"fid": [0.5, 9.0], "recall": [0.4, 0.5]},
    "whole": {"fid": [99.0, 101.0], "recall": [0.5, 0.6]},
}
CUT_NOTE = "intervals that go on beyond the axis: cut"


@pytest.mark.parametrize(("x", "y", "cut"), [("fid", "recall", "x low cut"), ("recall", "fid", "y low cut")])
def test_an_interval_cut_by_a_logarithmic_axis_has_an_arrow_and_is_named(run_of, board_of, texts, x, y, cut):
    chart = plot_trade_off(board_of(run_of(CUT, directions={"recall": "higher"})), "digits", x, y)
    fields = {row["generator"]: [field for field in row if "cut" in field] for row in chart["data"]["values"]}
    assert fields == {"cut": [cut], "whole": []}
    assert CUT_NOTE in texts(chart)
    assert draw_chart(chart, "svg").count(b'aria-roledescription="point"') == 2 + 1


def test_the_plot_of_costs_names_an_interval_that_its_axis_cuts(run_of, board_of, texts):
    cost = plot_cost(board_of(run_of(CUT)), costs(cut=[1.0], whole=[2.0]), "digits", "fid")
    assert CUT_NOTE in texts(cost)
    assert draw_chart(cost, "svg").count(b'aria-roledescription="point"') == 2 + 1


def test_an_interval_within_the_axes_has_no_arrow(run_of, board_of):
    table = dict.fromkeys("ab", CUT["whole"])
    image = draw_chart(plot_trade_off(board_of(run_of(table)), "digits", "fid", "recall"), "svg")
    assert image.count(b'aria-roledescription="point"') == 2


def test_each_end_of_an_interval_within_the_axes_has_a_cap_across_it(run_of, board_of):
    chart = plot_trade_off(board_of(run_of(CUT, directions={"recall": "higher"})), "digits", "fid", "recall")
    image = draw_chart(chart, "svg").decode()
    assert image.count('aria-roledescription="tick"') == 2 * 4 - 1
    caps = [layer for layer in chart["layer"] if layer["mark"]["type"] == "tick"]
    ends = {(cap["encoding"][axis]["field"], cap["mark"]["orient"])
            for cap in caps for axis in "xy" if " " in cap["encoding"][axis]["field"]}  # fmt: skip
    assert ends == {
        ("x low", "vertical"), ("x high", "vertical"), ("y low", "horizontal"), ("y high", "horizontal")
    }  # fmt: skip


def boxes(chart):
    """Return the left, upper, right and lower ends of the names of a chart, and those of its intervals."""
    ends = {axis: chart["layer"][0]["encoding"][axis]["scale"]["domain"] for axis in "xy"}

    def pixel(axis, value):
        low, high = ends[axis]
        share = (min(max(value, low), high) - low) / (high - low)
        return share * PLOT_WIDTH if axis == "x" else (1 - share) * HEIGHT

    names = []
    for row in chart["layer"][-1]["data"]["values"]:
        width = GLYPH * len(row["name"])
        left = row["left"] - width * {"left": 0, "right": 1, "center": 0.5}[row["align"]]
        names.append((left, row["top"] - LINE / 2, left + width, row["top"] + LINE / 2))
    intervals = []
    for row in chart["data"]["values"]:
        x, y = pixel("x", row["x"]), pixel("y", row["y"])
        intervals.append((pixel("x", row["x low"]), y, pixel("x", row["x high"]), y))
        intervals.append((x, pixel("y", row["y high"]), x, pixel("y", row["y low"])))
    return names, intervals


def test_names_cross_no_interval_where_there_is_room(run_of, board_of):
    value = np.random.default_rng(13).normal  # names would cross intervals of either metric
    table = {f"generator-{mean}": {metric: list(value(mean, 0.4, 3)) for metric in "pr"} for mean in range(5)}
    names, intervals = boxes(plot_trade_off(board_of(run_of(table)), "digits", "p", "r"))
    assert len(names) == 5
    crossed = [
        (name, line) for name in names for line in intervals
        if name[0] < line[2] and line[0] < name[2] and name[1] < line[3] and line[1] < name[3]
    ]  # fmt: skip
    assert crossed == []


def test_the_best_generators_lie_on_top_and_are_named_first(run_of, board_of):
    chart = plot_trade_off(board_of(run_of(TABLE, directions=UP)), "digits", "p[x]", "r")
    assert [row["generator"] for row in chart["data"]["values"]] == ["held-out", "b", "a"]
    assert [row["name"] for row in chart["layer"][-1]["data"]["values"]] == ["a", "b", "held-out"]


def test_a_line_joins_a_point_to_a_name_that_is_far_from_it(run_of, board_of):
    close = {f"g{number}": {"p": [0.5 + number / 50], "r": [0.5]} for number in range(4)}
    table = close | {"apart": {"p": [0.9], "r": [0.9]}}
    chart = plot_trade_off(board_of(run_of(table)), "digits", "p", "r")
    joined = {row["name"]: row for row in chart["layer"][-1]["data"]["values"]}
    assert set(joined) == set(table)
    assert "lead x" not in joined["apart"]
    assert sum("lead x" in row for row in joined.values()) > 1
    assert draw_chart(chart, "svg").decode().count('stroke-width="0.6"') == sum(
        "lead x" in r for r in joined.values()
    )


def test_intervals_that_would_lie_on_one_line_are_beside_their_points(run_of, board_of, texts):
    table = {
        "one": {"p": [0.2, 0.3, 0.4], "r": [0.3, 0.4, 0.5]},
        "two": {"p": [0.3, 0.3, 0.3], "r": [0.4, 0.6, 0.8]},
        "apart": {"p": [0.7, 0.8, 0.9], "r": [0.1, 0.1, 0.1]},
    }
    chart = plot_trade_off(board_of(run_of(table)), "digits", "p", "r")
    moves = {
        row["generator"]: {field: row[field] for field in row if field.endswith("aside")}
        for row in chart["data"]["values"]
    }
    assert set(moves["one"]) == set(moves["two"]) == {"y aside"}
    assert moves["one"]["y aside"] == -moves["two"]["y aside"]
    assert moves["apart"] == {}
    assert "intervals that would meet are beside their points" in " ".join(texts(chart))
    lines = re.findall(
        r'translate\(([-\d.]+),[-\d.]+\)" x2="0" y2="[-\d.]+"', draw_chart(chart, "svg").decode()
    )
    across = [float(left) for left in lines]
    assert any(one - two == pytest.approx(16) for one in across for two in across)


def test_where_seeds_agree_the_interval_is_the_metrics_own(run_of, board_of, with_own, texts):
    table = {"one": {"p": [0.3] * 3, "r": [0.1, 0.2, 0.3]}, "two": {"p": [0.6, 0.7, 0.8], "r": [0.5] * 3}}
    board = board_of(with_own(run_of(table), "one", "p", 0.1, 0.5))
    chart = plot_trade_off(board, "digits", "p", "r")
    points = {row["generator"]: row for row in chart["data"]["values"]}
    assert (points["one"]["x low"], points["one"]["x high"]) == (0.1, 0.5)
    assert points["one"]["x text"] == "0.30 ± 0.20"
    assert points["two"]["y low"] == points["two"]["y high"] == 0.5
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"][0] < 0.1
    assert "the interval is of the metric itself: one" in " ".join(texts(chart))


def test_an_interval_without_length_moves_no_other_one(run_of, board_of):
    table = {"one": {"p": [0.3] * 3, "r": [0.5] * 3}, "two": {"p": [0.3] * 3, "r": [0.3, 0.5, 0.8]}}
    chart = plot_trade_off(board_of(run_of(table)), "digits", "p", "r")
    assert not any("y aside" in row for row in chart["data"]["values"])


@pytest.mark.parametrize("kind", ["trade-off", "cost"])
def test_a_copier_is_an_open_cross_whose_name_says_that_it_is_not_ranked(
    run_of, board_of, with_copies, rows_in, texts, kind
):
    board = board_of(with_copies(run_of(TABLE, directions=UP), "a"))
    times = pd.DataFrame({"dataset": "digits", "generator": ["a", "b"], "fit_s": [1.0, 2.0], "sample_s": 1.0})
    is_cost = kind == "cost"
    chart = (
        plot_cost(board, times, "digits", "r") if is_cost else plot_trade_off(board, "digits", "p[x]", "r")
    )
    points = {row["generator"]: row for row in rows_in(chart, "shape")}
    assert (points["a"]["shape"], points["b"]["shape"]) == ("cross", "circle")
    assert "a (not ranked)" in texts(chart)
    drawn = draw_chart(chart, "svg").decode()
    assert len(re.findall(rf'fill="{PAPER}"[^>]*stroke="{ACCENT}"', drawn)) == 1
