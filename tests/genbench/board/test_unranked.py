"""Competitors that a reason excludes from the ranks: they are shown, and change nothing for others."""

from __future__ import annotations

import csv
import io

import pytest
from rich.console import Console

from genbench.board.blocks import rank_rows
from genbench.board.csv_tables import leaderboard_frame, to_csv
from genbench.board.formats.html_fragment import board_html
from genbench.board.formats.latex import board_latex
from genbench.board.formats.markdown import board_markdown
from genbench.board.formats.plain import board_to_json
from genbench.board.leaderboard import Board, list_outcomes
from genbench.board.publishing import numbers
from genbench.board.rows import build_rows
from genbench.board.terminal import print_board
from genbench.board.view import view_board
from genbench.report.page.tables import make_board_tables

REASON = "it drew 812 of 1,000 valid samples"
TABLE = {
    "thief": {"fid": [0.1, 0.1, 0.2], "recall": [0.9, 0.9, 0.8]},
    "vae": {"fid": [1.0, 1.1, 1.2], "recall": [0.5, 0.6, 0.5]},
    "gan": {"fid": [3.0, 3.1, 3.3], "recall": [0.2, 0.1, 0.2]},
    "noise": {"fid": [9.0, 9.0, 9.1], "recall": [0.0, 0.0, 0.1]},
}


@pytest.fixture(name="excluding")
def _excluding(run_of):
    """Return a function that makes the board of a table, with a reason against the rank of each generator."""

    def make(reasons, table=TABLE):
        outcomes = list_outcomes(*run_of(table, directions={"recall": "higher"}))
        rows = build_rows(outcomes)
        for generator, why in reasons:
            rows = [row.exclude(why) if row.generator == generator else row for row in rows]
        return Board(title="", rows=rank_rows(rows), outcomes=outcomes)

    return make


def standing(board):
    """Return of each generator its rank, win rate, and rank and mark in each metric."""
    return {
        row.generator: (row.rank, row.win_rate, [(e.rank, e.is_best) for e in row.entries.values()])
        for row in board.rows
    }


def test_an_excluded_row_has_no_rank_and_the_others_have_those_of_a_board_without_it(excluding):
    every, excluded = standing(excluding([])), standing(excluding([("thief", REASON)]))
    assert every["thief"] == (1, 1.0, [(1, True), (1, True)])
    assert excluded.pop("thief") == (None, None, [(None, False), (None, False)])
    without = {name: row for name, row in TABLE.items() if name != "thief"}
    assert excluded == standing(excluding([], without))
    assert excluded["vae"] == (1, 1.0, [(1, True), (1, True)])


def test_it_keeps_its_numbers_in_the_table_of_the_others_below_those_with_ranks(excluding):
    (table,) = view_board(excluding([("thief", REASON)])).tables
    assert [line.row.generator for line in table.rows] == ["vae", "gan", "thief", "noise"]
    assert [line.row.entries["fid"].value for line in table.rows][2] == pytest.approx(0.4 / 3)
    assert [cell.is_best for cell in table.rows[2].cells.values()] == [False, False]


def test_a_reason_is_once_below_the_table_in_each_form_and_on_the_page(excluding):
    view = view_board(excluding([("thief", REASON), ("gan", REASON), ("gan", "a & b")]))
    line, other = f"{REASON}, so not ranked: gan and thief", "a & b, so not ranked: gan"
    (table,) = view.tables
    assert [note.text for note in table.notes][:2] == [line, other]
    terminal = io.StringIO()
    print_board(Console(file=terminal, width=300), view)
    (json_table,) = board_to_json(view)["blocks"]
    (page_table,) = make_board_tables(view, "digits")
    page = "\n".join(note.text for note in page_table.notes)
    texts = [terminal.getvalue(), board_markdown(view), board_latex(view), board_html(view), page]
    assert [text.lower().count(line.lower()) for text in [*texts, "\n".join(json_table["notes"])]] == [1] * 6
    assert "a \\& b, so not ranked: gan." in board_latex(view)
    assert "a &amp; b, so not ranked: gan." in board_html(view)
    assert {row["generator"]: row["unranked"] for row in json_table["rows"]} == {
        "vae": [], "gan": [REASON, "a & b"], "thief": [REASON], "noise": [],
    }  # fmt: skip


def test_a_control_is_never_excluded_since_it_has_no_rank(excluding):
    assert excluding([("noise", REASON)]) == excluding([])


def test_without_any_competitor_left_the_board_still_shows_all_rows(excluding):
    board = excluding([(name, REASON) for name in TABLE])
    (table,) = view_board(board).tables
    assert [(line.row.generator, line.rank) for line in table.rows] == [
        ("gan", ""), ("thief", ""), ("vae", ""), ("noise", ""),
    ]  # fmt: skip
    assert table.unranked == [f"{REASON}, so not ranked: gan, thief and vae"]


def test_the_ranks_of_an_excluded_row_are_empty_in_the_csv(excluding, run_of, monkeypatch):
    board = excluding([("thief", REASON)])
    monkeypatch.setattr("genbench.board.csv_tables.build_board", lambda *_: board)
    lines = to_csv(leaderboard_frame(*run_of(TABLE))).decode().splitlines()
    (cells,) = (row for row in csv.DictReader(lines) if row["generator"] == "thief")
    assert {cell for name, cell in cells.items() if "rank" in name} == {""}
    assert cells["caution"] == f"not ranked: {REASON}"
    assert cells["fid"]


def test_a_published_number_of_an_excluded_row_has_the_reason(excluding):
    board = excluding([("thief", REASON)])
    warned = {
        row.generator: numbers.list_number_warnings(board, row, "fid")
        for row in board.rows
        if not row.control
    }
    assert warned == {"thief": [f"not ranked: {REASON}"], "vae": [], "gan": []}
