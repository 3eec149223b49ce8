"""The text of cells, and which columns stand together."""

from __future__ import annotations

import pytest

from genbench.board.formatting import cell_text, head, number, panels
from genbench.board.leaderboard import build_board


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
    assert number(value) == text


def entry_of(run_of, outcomes, direction="lower"):
    plan, records = run_of({"vae": {"fid[pixels]": outcomes}}, directions={"fid[pixels]": direction})
    return build_board(plan, records).rows[0].entries["fid[pixels]"]


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ([1.0, 1.0], "1.000 ± 0"),
        ([12.0], "12.00"),
        (["error"], "error"),
        (["error", 1.0, "error"], "error 2/3"),
        (["skipped", "skipped"], "skipped"),
    ],
)
def test_a_cell_shows_mean_and_half_width_or_its_status(run_of, outcomes, text):
    assert cell_text(entry_of(run_of, outcomes)) == text


def test_a_cell_that_was_not_planned_is_empty():
    assert cell_text(None) == ""


@pytest.mark.parametrize(
    ("direction", "text"), [("lower", "fid ↓"), ("higher", "fid ↑"), ("target", "fid → 1"), ("none", "fid")]
)
def test_a_head_says_which_way_is_better(run_of, direction, text):
    assert head(entry_of(run_of, [1.0], direction)) == text


def test_metrics_stand_together_by_extractor_as_far_as_there_is_room(run_of):
    metrics = ["a", "b[x]", "c[x]", "d[x]", "a[y]"]
    rows = build_board(*run_of({"vae": {metric: [1.0] for metric in metrics}})).rows
    found = [(panel.extractor, panel.metrics) for panel in panels(rows, 20, lambda _: 10)]
    assert found == [("", ("a",)), ("x", ("b[x]", "c[x]")), ("x", ("d[x]",)), ("y", ("a[y]",))]


def test_a_column_wider_than_the_room_stands_alone(run_of):
    rows = build_board(*run_of({"vae": {"a": [1.0], "b": [1.0]}})).rows
    assert [panel.metrics for panel in panels(rows, 5, lambda _: 10)] == [("a",), ("b",)]
