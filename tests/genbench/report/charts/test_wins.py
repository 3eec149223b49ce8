from __future__ import annotations

import re

import pytest

from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.maps import make_win_map
from genbench.report.charts.theme import GLYPH

TABLE = {
    "a": {"fid": [1.0, 1.1], "recall": [0.9, 0.8], "vendi": [1.0, 1.0]},
    "b": {"fid": [2.0, 2.1], "recall": [0.5, 0.4], "vendi": [2.0, 2.0]},
    "c": {"fid": [2.0, 2.1], "recall": ["skipped", "skipped"], "vendi": [3.0, 3.0]},
    "noise": {"fid": [99.0, 99.0], "recall": [0.0, 0.0], "vendi": [1.0, 1.0]},
}


def test_wins_are_counted_in_the_metrics_that_both_have(run_of, board_of, rows_in, texts):
    board = board_of(run_of(TABLE, directions={"recall": "higher", "vendi": "none"}))
    chart = make_win_map(board, "digits")
    wins = {(row["generator"], row["against"]): row["wins"] for row in rows_in(chart, "wins")}
    assert wins == {
        ("a", "b"): "2/2", ("b", "a"): "0/2", ("a", "c"): "1/1",
        ("c", "a"): "0/1", ("b", "c"): "0/1", ("c", "b"): "0/1",
    }  # fmt: skip
    assert {"a", "b", "c", "2/2", "wins"} <= set(texts(chart))
    assert "a tie counts for neither" in " ".join(texts(chart))


def test_with_one_competitor_there_is_no_map(run_of, board_of):
    assert make_win_map(board_of(run_of({"a": {"fid": [1.0]}, "noise": {"fid": [2.0]}})), "digits") is None


def test_where_all_pairs_have_as_many_metrics_a_cell_has_the_wins_alone(run_of, board_of, texts):
    table = {name: TABLE[name] for name in ("a", "b")}
    shown = texts(
        make_win_map(board_of(run_of(table, directions={"recall": "higher", "vendi": "none"})), "digits")
    )
    assert {"2", "0", "in how many of 2 metrics a row beats a column"} <= set(shown)
    assert "2/2" not in shown


def width(text):
    return float(re.search(r' width="([\d.]+)"', text)[1])


@pytest.mark.parametrize(("generators", "most"), [(2, 330), (8, 330), (12, 330), (20, 450)])
def test_long_names_and_many_generators_leave_the_map_narrow(run_of, board_of, generators, most):
    table = {f"diffusion-{number:02}-transformer@quickstart": {"fid": [float(number)] * 2}
             for number in range(generators)}  # fmt: skip
    chart = make_win_map(board_of(run_of(table)), "digits")
    text = draw_chart(chart, "svg").decode()
    assert width(text) < most
    assert text.count(">diffusion-00-…ickstart</text>") == 2
    assert chart["data"]["values"][0]["generator"] == "diffusion-00-transformer@quickstart"


def test_names_above_the_map_are_slanted_if_that_leaves_it_narrow(run_of, board_of):
    for names, angle in ((("ddpm", "gan"), -45), ((*(f"a-long-name-{n}" for n in range(6)),), -90)):
        chart = make_win_map(board_of(run_of({name: {"fid": [1.0, 2.0]} for name in names})), "digits")
        assert chart["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == angle


def test_a_cell_has_room_for_its_text(run_of, board_of):
    names = [f"g{number:02}" for number in range(40)]
    table = {name: {f"m{k}": [float(number)] * 2 for k in range(10)} for number, name in enumerate(names)}
    table["g00"]["m0"] = ["skipped", "skipped"]
    chart = make_win_map(board_of(run_of(table)), "digits")
    longest = max(len(row["wins"]) for row in chart["data"]["values"])
    assert longest == len("10/10")
    assert chart["width"]["step"] >= longest * GLYPH


def test_a_copier_is_left_out(run_of, board_of, with_copies, rows_in):
    chart = make_win_map(board_of(with_copies(run_of(TABLE), "a")), "digits")
    assert {row["generator"] for row in rows_in(chart, "wins")} == {"b", "c"}
