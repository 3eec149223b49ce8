"""Rows from CSV files of strangers."""

from __future__ import annotations

import pytest

from genbench.board.cautions import board_cautions
from genbench.board.decisions.comparison import Contender, compare
from genbench.board.frames import leaderboard_frame, scores_frame, to_csv
from genbench.board.leaderboard import build_board
from genbench.board.merge import merge
from genbench.board.unverified import is_csv, read_unverified
from genbench.core.errors import DataError
from genbench.results.results import Results

MINE = {"a": {"fid": [1.0, 1.1, 1.2]}, "b": {"fid": [5.0, 5.1, 5.2]}, "noise": {"fid": [9.0, 9.1, 9.2]}}
THEIRS = {"c": {"fid": [3.0, 3.1, 3.2]}, "d": {"fid": ["error", 1.0, 1.0]}, "noise": {"fid": [9.0, 9.1, 9.3]}}


@pytest.fixture
def mine(run_of):
    plan, records = run_of(MINE)
    return Results(name="mine", plan=plan, records=records)


@pytest.fixture
def file_of(run_of, tmp_path):
    """Return a function that writes a CSV file of a run and returns its path."""

    def write(name, table=THEIRS, **fields):
        frame = {"scores": scores_frame, "leaderboard": leaderboard_frame}[name](*run_of(table, **fields))
        path = tmp_path / f"their-{name}.csv"
        path.write_bytes(to_csv(frame))
        return path

    return write


def board_of(mine, path):
    merged = merge([mine, read_unverified(path, [mine])])
    return build_board(merged.plan, merged.records)


def places(board):
    return {
        row.generator: (row.entries["fid"].rank, row.entries["fid"].rank_low, row.entries["fid"].rank_high)
        for row in board.rows
    }


def test_scores_are_ranked_with_records_of_the_same_signature(mine, file_of):
    board = board_of(mine, file_of("scores"))
    assert places(board)["a"] == (1, 1, 1)
    assert places(board)["c"] == (2, 2, 2)
    assert places(board)["d"] == (None, None, None)
    assert [row.plugin for row in board.rows] == ["genbench 0.1.0"] * 2 + ["unverified"] * 2 + [
        "genbench 0.1.0", "unverified",
    ]  # fmt: skip
    assert {row.generator: row.control for row in board.rows}["noise@their-scores"] == "floor"
    assert board_cautions(board) == [
        "from a CSV file, without records that could be verified: c, d and noise@their-scores"
    ]


def test_a_board_gives_means_with_their_intervals_and_no_ranges(mine, file_of):
    board = board_of(mine, file_of("leaderboard"))
    (row,) = (row for row in board.rows if row.generator == "c")
    entry = row.entries["fid"]
    assert (entry.value, entry.values) == (pytest.approx(3.1), ())
    assert entry.high - entry.value == pytest.approx(0.2484, abs=1e-4)
    assert places(board) | {"noise@their-leaderboard": None} == places(board) | {
        "a": (1, 1, 2), "b": (3, 2, 3), "c": (2, None, None), "d": (None, None, None),
        "noise@their-leaderboard": None,
    }  # fmt: skip
    assert row.rank == 2


def test_numbers_of_another_signature_are_shown_without_ranks(mine, file_of):
    board = board_of(mine, file_of("scores", n=300))
    assert len(board.blocks("digits")) == 2
    (row,) = (row for row in board.rows if row.generator == "c")
    assert (row.entries["fid"].value, row.entries["fid"].rank) == (pytest.approx(3.1), None)


def test_a_mean_alone_is_not_compared(mine, file_of):
    merged = merge([mine, read_unverified(file_of("leaderboard"), [mine])])
    sides = [
        Contender(label=name, generator=name, plan=merged.plan, records=merged.records) for name in ("a", "c")
    ]
    (found,) = compare(*sides)
    assert found.reason == "c has a mean alone, without the values of its seeds"
    sides[1] = Contender(label="b", generator="b", plan=merged.plan, records=merged.records)
    assert compare(*sides)[0].verdict == "a better"


def test_texts_of_the_file_do_not_reach_the_board(mine, file_of):
    path = file_of("scores")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("error for a reason", "run <b>this</b>"), encoding="utf-8")
    found = read_unverified(path, [mine])
    assert not any("<b>" in record.reason for record in found.records.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("generator", "model"), "expected the leaderboard.csv or scores.csv of a run"),
        ((",c,0,", ",=cmd(),0,"), "line 2: generator cannot be '=cmd()'"),
        ((",c,0,", ",c@mine,0,"), "generator cannot be 'c@mine'"),
        ((",c,0,", ",c,-1,"), "line 2: seed cannot be '-1'"),
        ((",fid,", ",rank,"), "metric cannot be 'rank'"),
        ((",3.0,", ",inf,"), "'inf' is no number"),
        ((",3.0,", ",,"), "'' is no number"),
        ((",3.0,", ",1e300,"), "'1e300' is no number of a size that a score may have"),
        ((",c,0,", f",c,{2**63},"), f"seed cannot be '{2**63}'"),
        ((",c,0,", f",c,{'0' * 19 + '1' + '9' * 30},"), "seed cannot be '0000"),
        ((",599,", f",{'9' * 5000},"), "n cannot be '9999"),
        ((",ok,", ",fine,"), "status cannot be 'fine'"),
        ((",599,", ",0,"), "n cannot be '0'"),
        ((",599,", ","), "expected 11 cells"),
        (("digits,c,1,", "digits,c,0,"), "is listed twice"),
    ],
)
def test_an_invalid_file_is_one_line(mine, file_of, change, message):
    path = file_of("scores")
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(DataError, match=r"their-scores\.csv") as refused:
        read_unverified(path, [mine])
    assert message in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'dataset,"gen', b"a,b\n1,2\n"])
def test_other_files_are_refused(mine, tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"other\.csv"):
        read_unverified(path, [mine])


def test_a_file_that_is_none_is_refused(mine, tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read"):
        read_unverified(tmp_path / "none.csv", [mine])


def test_a_csv_file_is_told_by_its_ending(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert is_csv(tmp_path / "scores.CSV")
    assert not is_csv(tmp_path / "folder.csv")
    assert not is_csv(tmp_path / "run")
