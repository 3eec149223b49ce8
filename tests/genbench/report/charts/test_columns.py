from __future__ import annotations

import pytest

from genbench.core.errors import SuiteError
from genbench.report.charts.columns import (
    describe_point,
    features_note,
    find_columns,
    find_metric,
    short_names,
    sort_by_known,
    sort_by_value,
    tables_on,
    without_note,
)


@pytest.fixture(scope="module")
def board(run_of, board_of):
    table = {
        "a": {"fid[x]": [3.0, 4.0, 5.0], "recall": [0.5, 0.6, 0.7]},
        "b": {"fid[x]": [1.0, 1.5, 1.2], "recall": [0.1, 0.2, 0.3]},
        "c": {"fid[x]": ["error", 1.0, 1.0], "recall": [0.9, 0.9, 0.8]},
    }
    return board_of(run_of(table, directions={"recall": "higher"}))


@pytest.mark.parametrize(("metric", "order"), [("fid[x]", "bac"), ("recall", "cab")])
def test_the_best_mean_is_first_and_a_failure_last(board, metric, order):
    ((table, head),) = find_columns(board, "digits", metric)
    assert [line.row.generator for line, _ in sort_by_value(table.column(head))] == list(order)


def test_the_largest_is_first_where_no_value_is_better(run_of, board_of):
    board = board_of(run_of({"a": {"m": [1.0]}, "b": {"m": [2.0]}}, directions={"m": "none"}))
    ((table, head),) = find_columns(board, "digits", "m")
    assert [line.row.generator for line, _ in sort_by_value(table.column(head))] == ["b", "a"]


def test_facts_are_those_of_the_table(board):
    ((table, head),) = find_columns(board, "digits", "fid[x]")
    told = {line.row.generator: describe_point(line, head) for line in table.rows}
    assert told["b"]["mean"].startswith("1.23 ± 0.")
    assert (told["b"]["rank"], told["b"]["best"], told["b"]["n"], told["b"]["seeds"]) == (
        "1", True, "599", "0 1 2",
    )  # fmt: skip
    assert told["c"]["mean"] == "error 1/3"
    assert "value" not in told["c"]


def test_numbers_have_the_digits_of_the_table_and_one_power_of_ten(run_of, board_of):
    runs = {
        "a": {"m": [1e-5, 2e-5, 3e-5]},
        "b": {"m": [2e-4, 2.01e-4, 2.02e-4]},
        "noise": {"m": [1e-5, "x", 2e-5]},
    }
    ((table, head),) = find_columns(board_of(run_of(runs)), "digits", "m")
    assert {line.name: line.cells[head.id].whole for line in table.rows} == {
        "a": "0.20 ± 0.25 in 10⁻⁴", "b": "2.010 ± 0.025 in 10⁻⁴", "noise": "x 1/3",
    }  # fmt: skip


def test_unknown_names_are_refused_with_the_nearest(board):
    with pytest.raises(SuiteError, match="no dataset 'digit' on this leaderboard; did you mean 'digits'"):
        tables_on(board, "digit")
    with pytest.raises(SuiteError, match="no metric 'fdi' on digits"):
        find_columns(board, "digits", "fdi")


def test_a_metric_may_be_named_without_its_extractor_if_that_is_clear(board, run_of, board_of):
    assert find_metric(board, "digits", "fid") == "fid[x]"
    assert find_metric(board, "digits", "recall") == "recall"
    with pytest.raises(SuiteError, match="no metric 'fdi' on digits of this leaderboard; did you mean 'fid'"):
        find_metric(board, "digits", "fdi")
    two = board_of(run_of({"a": {"fid[x]": [1.0], "fid[y]": [1.0], "fid": [1.0]}}))
    assert find_metric(two, "digits", "fid") == "fid"
    two = board_of(run_of({"a": {"fid[x]": [1.0], "fid[y]": [1.0]}}))
    with pytest.raises(SuiteError, match=r"write one of fid\[x\], fid\[y\]"):
        find_metric(two, "digits", "fid")


def test_short_names_are_those_that_are_read_as_one_metric(run_of, board_of):
    board = board_of(run_of({"a": {"fid[x]": [1.0], "fid[y]": [1.0], "kid[x]": [1.0], "modes": [1.0]}}))
    names = short_names(board, "digits")
    assert names == {"fid[x]": "fid[x]", "fid[y]": "fid[y]", "kid[x]": "kid", "modes": "modes"}
    assert [find_metric(board, "digits", name) for name in names.values()] == list(names)


def test_the_extractors_of_metrics_are_named_once():
    assert features_note("fid[x]", "kid[x]", "fid[y]", "bleu") == ["features: x, y"]
    assert features_note("bleu") == []


def test_metrics_that_most_generators_have_are_first(board):
    assert sort_by_known(board.list_rows("digits"), ["fid[x]", "recall"]) == ["recall", "fid[x]"]
    assert sort_by_known(board.list_rows("digits"), ["other", "recall"]) == ["recall", "other"]
    ranked = [row for row in board.list_rows("digits") if row.generator != "c"]
    assert sort_by_known(ranked, ["fid[x]", "recall"]) == ["fid[x]", "recall"]


def test_generators_that_a_chart_does_not_show_are_named(board, run_of, board_of):
    assert without_note(board, "digits", ["a", "c"], "a value") == ["without a value: b"]
    assert without_note(board, "digits", ["a", "b", "c"], "a value") == []
    many = board_of(run_of({f"g{number}": {"m": [1.0]} for number in range(9)} | {"noise": {"m": [1.0]}}))
    assert without_note(many, "digits", ["g0"], "a value") == [
        "without a value: g1, g2, g3, g4, g5 and 3 more"
    ]
