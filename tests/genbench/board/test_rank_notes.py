"""Which metrics an overall rank is over."""

from __future__ import annotations

from genbench.board.leaderboard import build_board
from genbench.board.rank_notes import rank_notes


def notes(run):
    board = build_board(*run)
    return [
        note for dataset in board.datasets for block in board.blocks(dataset) for note in rank_notes(block)
    ]


def test_ranks_over_all_metrics_with_ranges_need_no_note(run_of):
    table = {
        "a": {"x": [1.0, 1.1, 1.2], "y": [1.0, 1.1, 1.2]},
        "b": {"x": [2.0, 2.1, 2.2], "y": [1.0, 1.1, 1.3]},
    }
    assert notes(run_of(table)) == []


def test_the_metrics_behind_a_rank_are_named_where_some_are_missing(run_of):
    table = {"a": {"x": [1.0] * 3, "y": [1.0] * 3, "z": [2.0] * 3}, "b": {"x": [2.0] * 3, "y": [1.0] * 3}}
    assert notes(run_of(table)) == ["rank is over x and y, the ranked metrics that all generators have"]


def test_without_a_common_metric_there_is_no_rank(run_of):
    table = {"a": {"x": [1.0] * 3}, "b": {"x": [2.0] * 3, "y": [1.0] * 3}, "c": {"y": [2.0] * 3}}
    run = run_of(table)
    assert notes(run) == ["no overall rank: there is no ranked metric that all generators have"]
    assert all(row.rank is None for row in build_board(*run).rows)


def test_a_single_competitor_needs_no_note(run_of):
    assert notes(run_of({"a": {"x": [1.0]}, "noise": {"x": [1.0]}})) == []
