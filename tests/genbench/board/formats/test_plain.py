"""Boards as JSON-like values."""

from __future__ import annotations

import json

from genbench.board.formats.plain import board_to_json
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board

TABLE = {
    "vae": {"fid": [1.0, 1.1, 1.2], "recall": [0.5, 0.6, 0.7]},
    "gan": {"fid": [3.0, 3.1, 3.3], "recall": ["error", 0.5, 0.5]},
    "noise": {"fid": [9.0, 9.1, 9.2]},
}


def values(run):
    found = board_to_json(view_board(build_board(*run)))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def test_a_table_has_columns_and_rows_with_their_entries(run_of):
    (block,) = values(run_of(TABLE))["blocks"]
    assert (block["dataset"], block["ranked_over"], block["notes"]) == ("digits", ["fid", "recall"], [])
    assert [column["id"] for column in block["columns"]] == ["fid", "recall"]
    assert [row["generator"] for row in block["rows"]] == ["vae", "gan", "noise"]
    vae, gan, noise = block["rows"]
    assert (vae["rank"], vae["entries"]["fid"]["is_best"], vae["entries"]["fid"]["values"]) == (
        1, True, [1.0, 1.1, 1.2],
    )  # fmt: skip
    assert (gan["entries"]["recall"]["status"], gan["entries"]["recall"]["value"]) == ("error", None)
    assert (noise["control"], list(noise["entries"])) == ("floor", ["fid"])


def test_two_columns_of_one_metric_have_different_ids(run_of, joined):
    run = joined(
        run_of({"a": {"x": [1.0], "m": [1.0]}, "b": {"x": [1.0]}}), run_of({"b": {"m": [2.0]}}, n=300)
    )
    (block,) = values(run)["blocks"]
    assert len({column["id"] for column in block["columns"]}) == 3
    first, second = (set(row["entries"]) for row in block["rows"])
    assert len(first & second) == 1


def test_all_lines_below_the_tables_are_there(run_of):
    found = values(run_of({"vae": {"fid": [1.0, "error"]}, "gan": {"fid": [3.0, 3.1]}}))
    assert found["cautions"] == [
        "digits: no ranges of ranks, and nothing is marked as best: both need 3 seeds"
    ]
    assert found["failures"] == ["digits, vae, seed 1, fid: error: error for a reason"]
    assert (found["notes"], found["differences"], found["wrong_controls"]) == ([], [], [])


def test_a_row_of_a_csv_file_says_so_and_has_no_rank(run_of, without_records):
    (block,) = values(without_records(run_of(TABLE), "vae"))["blocks"]
    rows = {row["generator"]: row for row in block["rows"]}
    assert {name: row["is_verifiable"] for name, row in rows.items()} == {
        "gan": True, "vae": False, "noise": True,
    }  # fmt: skip
    entry = rows["vae"]["entries"]["fid"]
    assert (rows["vae"]["rank"], entry["rank"], entry["is_best"], entry["valid_share"]) == (
        None, None, False, None,
    )  # fmt: skip
