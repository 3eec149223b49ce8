from __future__ import annotations

import re

from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.ranks import ranks_plot
from genbench.report.charts.theme import ACCENT, PAPER

TABLE = {
    "a": {"fid": [1.0, 1.1, 1.2]},
    "b": {"fid": [9.0, 9.5, 8.0]},
    "c": {"fid": [9.1, 9.4, 8.1]},
    "noise": {"fid": [99.0, 99.0, 98.0]},
}


def test_it_shows_the_rank_and_the_range_of_each_competitor(run_of, board_of, rows_in):
    rows = {row["generator"]: row for row in rows_in(ranks_plot(board_of(run_of(TABLE)), "digits"), "rank")}
    assert set(rows) == {"a", "b", "c"}
    assert (rows["a"]["rank"], rows["a"]["low"], rows["a"]["high"], rows["a"]["best"]) == (1, 1, 1, True)
    assert (rows["c"]["low"], rows["c"]["high"], rows["c"]["range"], rows["c"]["best"]) == (
        2, 3, "3 (2–3)", False,
    )  # fmt: skip


def test_hollow_marks_are_explained_where_there_are_some(run_of, board_of, texts):
    hollow = "hollow: the seeds leave no rank 1 possible"
    assert hollow in texts(ranks_plot(board_of(run_of(TABLE)), "digits"))
    same = {name: {"fid": [1.0, 2.0, 3.0]} for name in ("a", "b")}
    assert hollow not in texts(ranks_plot(board_of(run_of(same)), "digits"))


def test_it_says_over_how_many_metrics(run_of, board_of, texts):
    assert "rank over 1 metric" in texts(ranks_plot(board_of(run_of(TABLE)), "digits"))


def test_metrics_that_tell_no_generators_apart_do_not_count(run_of, board_of, texts):
    table = {
        "a": {"fid": [1.0], "lost": ["error"], "one": [1.0]},
        "b": {"fid": [2.0], "lost": ["error"], "one": ["skipped"]},
    }
    assert "rank over 1 metric" in texts(ranks_plot(board_of(run_of(table)), "digits"))


def test_without_ranges_a_rank_is_a_point_and_a_note_says_why(run_of, board_of, rows_in, texts):
    board = board_of(run_of({"a": {"fid": [1.0]}, "b": {"fid": [2.0]}}))
    assert any(
        text.startswith("no ranges: they need three seeds") for text in texts(ranks_plot(board, "digits"))
    )
    rows = rows_in(ranks_plot(board, "digits"), "rank")
    assert [(row["low"], row["high"], row["best"]) for row in rows] == [(1, 1, True), (2, 2, True)]


def test_the_axis_has_whole_ranks_and_few_of_many(run_of, board_of, texts):
    def ticks(n):
        table = {f"generator-{number}": {"fid": [float(number)]} for number in range(n)}
        return [text for text in texts(ranks_plot(board_of(run_of(table)), "digits")) if text.isdigit()]

    assert ticks(2) == ["1", "2"]
    assert ticks(40) == ["1", "5", "9", "13", "17", "21", "25", "29", "33", "37"]


def test_without_ranks_there_is_no_plot(run_of, board_of):
    assert ranks_plot(board_of(run_of({"a": {"fid": [1.0]}})), "digits") is None


def test_groups_that_share_no_metric_are_panels(run_of, joined, board_of):
    runs = joined(
        run_of({"a": {"fid": [1.0, 2.0]}, "b": {"fid": [2.0, 3.0]}}),
        run_of({"c": {"kid": [1.0, 2.0]}, "d": {"kid": [2.0, 3.0]}}),
    )
    assert len(ranks_plot(board_of(runs), "digits")["vconcat"]) == 2


def test_marks_that_cannot_be_first_are_drawn_hollow(run_of, board_of):
    text = draw_chart(ranks_plot(board_of(run_of(TABLE)), "digits"), "svg").decode()
    fills = re.findall(r'fill="(#\w+|white)"[^>]*stroke-width="1.2"', text)
    assert fills == [ACCENT, PAPER, PAPER]


def test_a_copier_has_no_rank(run_of, board_of, with_copies, rows_in):
    chart = ranks_plot(board_of(with_copies(run_of(TABLE), "a")), "digits")
    assert {row["generator"] for row in rows_in(chart, "rank")} == {"b", "c"}
