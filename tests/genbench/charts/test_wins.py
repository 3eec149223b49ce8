from __future__ import annotations

from genbench.charts.wins import win_map

TABLE = {
    "a": {"fid": [1.0, 1.1], "recall": [0.9, 0.8], "vendi": [1.0, 1.0]},
    "b": {"fid": [2.0, 2.1], "recall": [0.5, 0.4], "vendi": [2.0, 2.0]},
    "c": {"fid": [2.0, 2.1], "recall": ["skipped", "skipped"], "vendi": [3.0, 3.0]},
    "noise": {"fid": [99.0, 99.0], "recall": [0.0, 0.0], "vendi": [1.0, 1.0]},
}


def test_wins_are_counted_in_the_metrics_that_both_have(run_of, board_of, rows_in, texts):
    board = board_of(run_of(TABLE, directions={"recall": "higher", "vendi": "none"}))
    chart = win_map(board, "digits")
    wins = {(row["generator"], row["against"]): row["wins"] for row in rows_in(chart, "wins")}
    assert wins == {
        ("a", "b"): "2/2", ("b", "a"): "0/2", ("a", "c"): "1/1",
        ("c", "a"): "0/1", ("b", "c"): "0/1", ("c", "b"): "0/1",
    }  # fmt: skip
    assert {"a", "b", "c", "2/2", "wins on digits"} <= set(texts(chart))


def test_with_one_competitor_there_is_no_map(run_of, board_of):
    assert win_map(board_of(run_of({"a": {"fid": [1.0]}, "noise": {"fid": [2.0]}})), "digits") is None
