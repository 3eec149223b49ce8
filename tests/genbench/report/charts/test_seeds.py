from __future__ import annotations

import math
import re

import pytest

from genbench.core.errors import SuiteError
from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.seeds import seeds_plot
from genbench.report.charts.theme import ACCENT, COLUMN, DASHES, PAPER

HOLLOW = "hollow: not marked as best"
KEY = ["diamond: mean; line: 95 % interval; dots: seeds;", "bracket: interval of a control"]
TABLE = {
    "near": {"fid[x]": [5.0, 6.0, 7.0]},
    "far": {"fid[x]": [15.0, 16.0, 17.0]},
    "broken": {"fid[x]": [15.0, "crash", 17.0]},
    "held-out": {"fid[x]": [3.0, 3.0, 3.0]},
    "noise": {"fid[x]": [300.0, 310.0, 290.0]},
}


@pytest.fixture(scope="module")
def chart(run_of, board_of):
    return seeds_plot(board_of(run_of(TABLE)), "digits", "fid[x]")


def test_it_shows_each_seed_the_mean_and_the_interval(chart, rows_in):
    seeds = {(row["generator"], row["seed"]): row["seed value"] for row in rows_in(chart, "seed value")}
    assert seeds["near", "0"] == 5.0
    assert len(seeds) == 6
    means = {row["generator"]: row for row in rows_in(chart, "value")}
    assert means["far"]["value"] == 16.0
    assert means["far"]["low"] < 15.0
    assert (means["near"]["best"], means["far"]["best"]) == (True, False)


def test_the_mean_hides_neither_the_seeds_nor_the_ends_of_the_interval(chart):
    marks = [layer["mark"] for layer in chart["layer"] if "yOffset" in layer["mark"]]
    heights = {mark["type"]: mark["yOffset"] for mark in marks if "shape" not in mark}
    (mean,) = [mark for mark in marks if "shape" in mark]
    (dot,) = [mark for mark in marks if mark["type"] == "point" and "shape" not in mark]
    half, radius = math.sqrt(mean["size"]) / 2, math.sqrt(dot["size"] / math.pi)
    assert dot["yOffset"] - mean["yOffset"] > half + radius
    assert heights["rule"] == heights["tick"] == mean["yOffset"]
    ticks = [mark for mark in marks if mark["type"] == "tick"]
    assert len(ticks) == 2


def test_a_hollow_mark_is_not_among_the_best_and_that_is_said(chart, run_of, board_of, rows_in, texts):
    assert HOLLOW in texts(chart)
    for table, direction in ((TABLE, "none"), ({"near": TABLE["near"], "noise": TABLE["noise"]}, "lower")):
        board = board_of(run_of(table, directions={"fid[x]": direction}))
        filled = seeds_plot(board, "digits", "fid[x]")
        assert all(row["best"] for row in rows_in(filled, "runs"))
        assert HOLLOW not in texts(filled)


def test_marks_that_are_not_among_the_best_are_drawn_hollow(chart):
    text = draw_chart(chart, "svg").decode()
    assert re.findall(r'fill="(#\w+|white)"[^>]*stroke-width="1.2"', text) == [ACCENT, PAPER]


def test_a_key_says_what_the_marks_of_a_file_mean(chart, run_of, board_of):
    assert not {*KEY} & {*chart["title"]["subtitle"]}
    near = {"near": TABLE["near"], "held-out": {"fid[x]": [3.0, 4.0, 5.0]}}
    board = board_of(run_of(near))
    assert seeds_plot(board, "digits", "fid[x]", with_key=True)["title"]["subtitle"][-2:] == KEY
    for table, key in (
        (
            {"near": TABLE["near"], "held-out": TABLE["held-out"]},
            "diamond: mean; line: 95 % interval; dots: seeds",
        ),
        ({"near": {"fid[x]": [5.0]}}, "diamond: mean; dots: seeds"),
    ):
        found = seeds_plot(board_of(run_of(table)), "digits", "fid[x]", with_key=True)
        assert key in found["title"]["subtitle"]


def test_a_generator_without_a_value_shows_its_status(chart, texts):
    assert "crash 1/3" in texts(chart)


def test_generators_are_sorted_and_the_best_is_first(chart, texts):
    shown = texts(chart)
    assert shown.index("near") < shown.index("far") < shown.index("broken")


def test_controls_near_the_generators_are_shown_and_others_are_named(chart, texts):
    shown = texts(chart)
    assert "held-out" in shown
    assert "beyond the axis: noise 300 ± 25" in shown
    assert {"fid", "lower is better"} <= set(shown)
    assert "features: x" in shown


def test_the_axis_follows_the_generators_and_not_a_control_far_away(chart):
    first = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert 2.0 < first[0] < 3.0
    assert 17.0 < first[1] < 25.0


def test_columns_that_cannot_be_compared_are_panels(run_of, joined, board_of, texts):
    runs = joined(
        run_of({"a": {"fid": [1.0, 2.0]}}), run_of({"b": {"fid": [3.0, 4.0]}}, signature={"version": "2"})
    )
    chart = seeds_plot(board_of(runs), "digits", "fid")
    assert len(chart["vconcat"]) == 2
    assert "numbers of two panels cannot be compared" in texts(chart)


def test_the_axes_of_two_columns_of_one_table_name_what_differs(run_of, joined, board_of, texts):
    runs = joined(
        run_of({"a": {"x": [1.0], "m": [1.0]}}),
        run_of({"b": {"x": [1.0]}}),
        run_of({"b": {"m": [2.0]}}, n=300),
    )
    board = board_of(runs)
    (table,) = [table for table in board.find_tables("digits") if len(table.heads) > 1]
    shown = texts(seeds_plot(board, "digits", "m"))
    for entry in (line.row.entries["m"] for line in table.rows):
        assert f"m {entry.short_signature}, lower is better" in shown


def test_long_names_of_controls_do_not_widen_the_chart(run_of, board_of):
    roles = {
        "held-out@quickstart": "ceiling",
        "noise@quickstart": "floor",
        "train-copies@quickstart": "exploit",
    }
    table = {name: {"fid[x]": [5.0, 6.0, 7.0]} for name in ["vae", *roles]}
    svg = draw_chart(seeds_plot(board_of(run_of(table, controls=roles)), "digits", "fid[x]"), "svg").decode()
    assert all(f"{name}</text>" in svg for name in roles)
    assert float(re.search(r' width="([\d.]+)"', svg)[1]) <= COLUMN


def test_controls_alone_are_shown_as_generators(run_of, board_of, texts):
    chart = seeds_plot(board_of(run_of({"noise": {"fid": [1.0, 2.0, 3.0]}})), "digits", "fid")
    assert "noise" in texts(chart)


def test_one_seed_has_neither_interval_nor_mark(run_of, board_of, rows_in, texts):
    chart = seeds_plot(board_of(run_of({"a": {"fid": [1.0]}, "b": {"fid": [2.0]}})), "digits", "fid")
    assert rows_in(chart, "low") == []
    assert all(row["best"] for row in rows_in(chart, "value"))
    assert HOLLOW not in texts(chart)
    assert "no interval: that needs two seeds" in texts(chart)


def test_an_unknown_metric_is_refused(run_of, board_of):
    with pytest.raises(SuiteError, match="no metric 'nope'"):
        seeds_plot(board_of(run_of(TABLE)), "digits", "nope")


def test_the_order_of_the_records_does_not_matter(run_of, board_of):
    again = dict(reversed(list(TABLE.items())))
    charts = [seeds_plot(board_of(run_of(table)), "digits", "fid[x]") for table in (TABLE, again)]
    assert draw_chart(charts[0], "svg") == draw_chart(charts[1], "svg")


def test_both_ends_of_each_control_s_interval_are_apart_from_others_and_from_generators(run_of, board_of):
    table = {
        "vae": {"fid": [1.0, 9.0]},
        "broken": {"fid": [1.0, "crash"]},
        "held-out": {"fid": [5.0, 5.2]},
        "train-copies": {"fid": [5.0, 5.1]},
        "noise": {"fid": [4.0, 6.0]},
    }
    chart = seeds_plot(board_of(run_of(table)), "digits", "fid")
    above = [layer for layer in chart["layer"] if layer["mark"].get("y", 0) < 0]
    marks = {
        (layer["data"]["values"][0]["generator"], layer["mark"]["type"]): layer["mark"]["y"]
        for layer in above
    }
    heights = {name: marks[name, "rule"] for name in ("held-out", "train-copies", "noise")}
    assert marks == {(name, mark): heights[name] for name in heights for mark in ("rule", "tick")}
    half = max(layer["mark"].get("size", 0) for layer in above) / 2
    first, *others = sorted(heights.values(), reverse=True)
    assert first < -half
    assert all(low - high > 2 * half for low, high in zip([first, *others], others, strict=False))
    ends = [layer["encoding"]["x"]["field"] for layer in above if layer["mark"]["type"] == "tick"]
    assert sorted(ends) == ["high"] * 3 + ["low"] * 3
    legend = above[0]["encoding"]["color"]["legend"]
    assert legend["offset"] > half - min(heights.values())
    assert not any(layer["mark"]["type"] == "rect" for layer in chart["layer"])  # a status is on none


def test_a_control_without_an_interval_is_a_line_alone(run_of, board_of):
    table = {"vae": {"fid": [1.0]}, "gan": {"fid": [2.0]}, "held-out": {"fid": [1.5]}}
    chart = seeds_plot(board_of(run_of(table)), "digits", "fid")
    assert [layer["mark"]["type"] for layer in chart["layer"]][:2] == ["rule", "point"]
    assert "strokeDash" in chart["layer"][0]["encoding"]


def test_each_role_of_a_control_has_a_dash_in_the_plot_and_in_the_key(run_of, board_of):
    table = {name: {"fid": [value, value + 0.5]} for value, name in
             enumerate(["vae", "held-out", "train-copies", "noise", "gan"])}  # fmt: skip
    text = draw_chart(seeds_plot(board_of(run_of(table)), "digits", "fid"), "svg").decode()
    dashes = re.findall(r'stroke-dasharray="([^"]+)"', text)
    assert {tuple(map(int, dash.split(","))) for dash in dashes} == set(map(tuple, DASHES.values()))
    assert sorted(dashes) == sorted(2 * list(set(dashes)))


@pytest.mark.parametrize(
    ("direction", "beyond", "shown"), [("target", 0, 1), ("target", 9, 0), ("lower", 0, 0)]
)
def test_a_thick_line_is_at_the_value_to_be_near_to_if_the_axis_has_it(
    run_of, board_of, rows_in, texts, direction, beyond, shown
):
    table = {"a": {"share": [beyond + 0.5, beyond + 0.6]}, "b": {"share": [beyond + 2.0, beyond + 2.1]}}
    chart = seeds_plot(board_of(run_of(table, directions={"share": direction})), "digits", "share")
    assert [row["the best value"] for row in rows_in(chart, "the best value")] == [1] * shown
    assert texts(chart).count("thick line: the best value") == shown


def test_an_interval_beyond_a_logarithmic_axis_has_an_arrow_there_and_is_named(run_of, board_of, texts):
    table = {"cut": {"fid": [0.5, 9.0]}, "whole": {"fid": [99.0, 101.0]}}
    chart = seeds_plot(board_of(run_of(table)), "digits", "fid")
    assert "intervals that go on beyond the axis: cut" in texts(chart)
    ends = [[row["generator"] for row in layer["data"]["values"]]
            for layer in chart["layer"] if layer["mark"]["type"] == "tick"]  # fmt: skip
    assert ends == [["whole"], ["cut", "whole"]]
    (arrow,) = [layer for layer in chart["layer"] if layer["mark"].get("shape") == "triangle-left"]
    assert [row["generator"] for row in arrow["data"]["values"]] == ["cut"]


def test_the_run_of_a_long_name_is_shown(run_of, board_of, texts):
    name = "diffusion-transformer-large@quickstart"
    chart = seeds_plot(board_of(run_of({name: {"fid": [1.0, 2.0]}})), "digits", "fid")
    assert "diffusion-tra…ickstart" in texts(chart)


def test_where_seeds_agree_the_interval_is_the_metrics_own(run_of, board_of, with_own, rows_in, texts):
    run = with_own(
        run_of({"one": {"fid": [3.0] * 3}, "two": {"fid": [5.0, 6.0, 7.0]}}), "one", "fid", 1.0, 4.0
    )
    chart = seeds_plot(board_of(run), "digits", "fid", with_key=True)
    (one,) = {
        (row["low"], row["high"], row["mean"]) for row in rows_in(chart, "low") if row["generator"] == "one"
    }
    assert one == (1.0, 4.0, "3.0 (1 to 4)")
    assert "the interval is of the metric itself: one" in " ".join(texts(chart))
    assert "of the metric itself" not in " ".join(
        texts(seeds_plot(board_of(run_of(TABLE)), "digits", "fid[x]"))
    )


def test_a_copier_is_last_and_an_open_cross_with_a_note_below_its_name(
    run_of, board_of, with_copies, rows_in, texts
):
    table = {"far": TABLE["far"], "near": TABLE["near"], "between": {"fid[x]": [9.0, 10.0, 11.0]}}
    chart = seeds_plot(board_of(with_copies(run_of(table), "near")), "digits", "fid[x]")
    assert [text for text in texts(chart) if "not ranked" in text] == ["not ranked"]
    means = {row["generator"]: row for row in rows_in(chart, "value")}
    assert list(means) == ["between", "far", "near"]
    assert (means["near"]["best"], means["between"]["best"]) == (False, True)
    paths = re.findall(
        r'd="(M[^"]+)" fill="([^"]+)"[^>]*stroke-width="1.2"', draw_chart(chart, "svg").decode()
    )
    (first, _), (second, _), (cross, fill) = paths
    assert first == second != cross
    assert fill == PAPER


@pytest.mark.parametrize(
    ("copier", "width"),  # of the widest text beside a row, in pixels of DejaVu Sans
    [("gan", 65), ("mixed-with-a-longer-name", 152)],
    ids=["not ranked", "a shortened name"],
)
def test_texts_beside_rows_have_room_in_a_wider_font(run_of, board_of, with_copies, copier, width):
    board = board_of(with_copies(run_of({copier: TABLE["near"], "b": TABLE["far"]}), copier))
    image = draw_chart(seeds_plot(board, "digits", "fid[x]"), "svg").decode()
    (plot_left,) = re.findall(r"translate\((\d+),", image)[:1]
    assert int(plot_left) - 7 >= width  # a text ends 7 pixels left of the plot


def test_the_mark_of_a_copier_is_not_called_hollow(run_of, board_of, with_copies, texts):
    table = {name: {"fid[x]": [at, at + 1, at + 2]} for name, at in (("a", 1.0), ("b", 1.0), ("copier", 9.0))}
    assert HOLLOW in texts(seeds_plot(board_of(run_of(table)), "digits", "fid[x]"))
    board = board_of(with_copies(run_of(table), "copier"))
    assert HOLLOW not in texts(seeds_plot(board, "digits", "fid[x]"))
