"""The text of cells, and which columns stand together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.leaderboard import build_board
from genbench.board.numbers import cell_text, direction_text, format_number, p_text, rank_text
from genbench.board.view import view_board


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12.3456, "12.35"),
        (0.5, "0.5000"),
        (599.0, "599.0"),
        (-0.01234, "-0.01234"),
        (1234.25, "1234"),
        (9999.9, "10000"),
        (123456.7, "123457"),
        (1e-5, "1.000e-05"),
        (9.999e-5, "9.999e-05"),
        (1e-4, "0.0001000"),
        (9_999_999, "9999999"),
        (1e7, "1.000e+07"),
        (2.5e8, "2.500e+08"),
    ],
)
def test_a_number_has_four_significant_digits(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0504, "0.0504"),
        (0.05000001, "0.05000001"),
        (0.05, "0.05"),
        (0.0496, "0.05"),
        (0.049, "0.049"),
        (0.0537, "0.054"),
        (1.0, "1"),
        (2.34e-9, "2.3e-09"),
        (0.0, "0"),
    ],
)
def test_a_p_value_never_rounds_across_the_level(p, text):
    assert p_text(p) == text


def entry_of(run_of, outcomes, direction="lower"):
    plan, records = run_of({"vae": {"fid[pixels]": outcomes}}, directions={"fid[pixels]": direction})
    return build_board(plan, records).rows[0].entries["fid[pixels]"]


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ([1.0, 1.0], "1.000 ± 0"),
        ([0.3, 0.1 + 0.2, 0.3], "0.3000 ± 0"),
        ([1e9, 1e9 + 0.3, 1e9 - 0.3], "1.000e+09 ± 0.75"),
        ([1e9, 1e9 + 0.1, 1e9 - 0.1], "1.000e+09 ± 0.25"),
        ([3.0, 3.0 + 1e-11, 3.0], "3.000 ± 0"),
        ([12.0], "12.00"),
        (["error"], "error"),
        (["error", 1.0, "error"], "error 2/3"),
        (["skipped", "skipped"], "skipped"),
    ],
)
def test_a_cell_shows_mean_and_half_width_or_its_status(run_of, outcomes, text):
    assert cell_text(entry_of(run_of, outcomes)) == text


@pytest.mark.parametrize(("low", "high", "text"), [(2.0, 2.0, "± 0"), (1.9, 2.1, "± 0.10")])
def test_a_mean_of_a_csv_file_has_the_interval_that_the_file_gives(run_of, low, high, text):
    entry = replace(entry_of(run_of, [2.0]), values=(), low=low, high=high)
    assert cell_text(entry) == f"2.000 {text}"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.6, 0.8], "0.7000 (0 to 1.0)"),
        ([0.9998, 0.9999, 0.99995], "0.9999 (0.9997 to 1.000)"),
        ([0.99, 0.999, 0.9999], "0.9963 (0.98 to 1.0)"),
        ([0.99999, 0.99998, 0.99999], "1.000 (0.99997 to 1.0000)"),
        ([1.0, 1 - 1e-10, 1.0], "1.000 (0.9999999998 to 1.000000000)"),
    ],
)
def test_an_interval_that_a_bound_cuts_shows_its_ends_around_the_value(run_of, values, text):
    plan, records = run_of({"vae": {"recall": values}})
    plan = replace(
        plan, cells=tuple(replace(cell, facts=replace(cell.facts, range=(0.0, 1.0))) for cell in plan.cells)
    )
    assert cell_text(build_board(plan, records).rows[0].entries["recall"]) == text


def test_directions_in_words():
    assert direction_text("lower", None) == "lower is better"
    assert direction_text("target", 0.0) == "nearest to 0 is best"
    assert direction_text("none", None) == "not ranked"


@pytest.mark.parametrize(
    ("direction", "text"), [("lower", "fid ↓"), ("higher", "fid ↑"), ("target", "fid → 1"), ("none", "fid")]
)
def test_a_head_says_which_way_is_better(run_of, direction, text):
    run = run_of({"vae": {"fid[pixels]": [1.0]}}, directions={"fid[pixels]": direction})
    table = table_of(run)
    assert [head.text for head in table.heads] == [text]


def test_heads_of_one_metric_in_two_columns_have_the_signature(run_of, joined):
    run = joined(
        run_of({"a": {"x": [1.0], "m": [1.0]}}),
        run_of({"b": {"x": [1.0]}}),
        run_of({"b": {"m": [2.0]}}, n=300),
    )
    table = table_of(run)
    signatures = [head.signature for head in table.heads if head.metric == "m"]
    assert [head.text for head in table.heads] == [*(f"m ↓ {s}" for s in signatures), "x ↓"]


def test_heads_of_one_metric_in_two_groups_of_shares_have_a_number(run_of, with_valid):
    rows = {"a": {"x": [1.0], "m": [1.0]}, "b": {"x": [1.0], "m": [1.0]}}
    table = table_of(with_valid(run_of(rows), {"b": 80}, metrics=["m"]))
    assert [head.text for head in table.heads] == ["m ↓ (1)", "m ↓ (2)", "x ↓"]


@pytest.mark.parametrize(
    ("rank", "low", "high", "text"),
    [
        (1, 1, 2, "1 (1–2)"),
        (4, 2, 4, "4 (2–4)"),
        (2, 2, 2, "2"),
        (3, None, None, "3"),
        (None, None, None, ""),
    ],
)
def test_a_rank_is_shown_with_its_range(run_of, rank, low, high, text):
    row = build_board(*run_of({"vae": {"m": [1.0]}})).rows[0]
    assert rank_text(replace(row, rank=rank, rank_low=low, rank_high=high)) == text


def test_columns_stand_together_by_extractor_as_far_as_there_is_room(run_of):
    metrics = ["a", "b[x]", "c[x]", "d[x]", "a[y]"]
    table = table_of(run_of({"vae": {metric: [1.0] for metric in metrics}}))
    found = [(panel.extractor, metrics_of(panel)) for panel in table.panels(20, dict.fromkeys(metrics, 10))]
    assert found == [("", ["a"]), ("x", ["b[x]", "c[x]"]), ("x", ["d[x]"]), ("y", ["a[y]"])]


def test_a_column_wider_than_the_room_stands_alone(run_of):
    table = table_of(run_of({"vae": {"a": [1.0], "b": [1.0]}}))
    assert [metrics_of(panel) for panel in table.panels(5, {"a": 10, "b": 10})] == [["a"], ["b"]]


def table_of(run):
    (table,) = view_board(build_board(*run)).tables
    return table


def metrics_of(panel):
    return [head.metric for head in panel.heads]
