"""Rows from CSV files of strangers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.csv_tables import leaderboard_frame, scores_frame, to_csv
from genbench.board.leaderboard import build_board
from genbench.board.merge import merge
from genbench.board.numbers import cell_text
from genbench.board.unverified import is_csv, read_unverified_csv
from genbench.board.view import view_board
from genbench.board.warnings import list_board_warnings
from genbench.core.errors import DataError
from genbench.results.results import Results

MINE = {"a": {"fid": [1.0, 1.1, 1.2]}, "b": {"fid": [5.0, 5.1, 5.2]}, "noise": {"fid": [9.0, 9.1, 9.2]}}
THEIRS = {"c": {"fid": [3.0, 3.1, 3.2]}, "d": {"fid": ["error", 1.0, 1.0]}, "noise": {"fid": [0.0, 0.0, 0.1]}}


@pytest.fixture
def mine(run_of):
    plan, records = run_of(MINE)
    return Results(name="mine", plan=plan, records=records)


@pytest.fixture
def file_of(run_of, tmp_path):
    """Return a function that writes a CSV file of a run and returns its path."""

    def write(name, table=THEIRS, folder=".", **fields):
        frame = {"scores": scores_frame, "leaderboard": leaderboard_frame}[name](*run_of(table, **fields))
        path = tmp_path / folder / f"their-{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(to_csv(frame))
        return path

    return write


@pytest.fixture
def bounded(mine):
    """Return my run, with a metric in [0, 10]."""
    cells = {
        cell.key: replace(cell, facts=replace(cell.facts, range=(0.0, 10.0))) for cell in mine.plan.cells
    }
    records = {key: replace(record, cell=cells[key]) for key, record in mine.records.items()}
    return replace(mine, plan=replace(mine.plan, cells=tuple(cells.values())), records=records)


def board_of(mine, *paths):
    merged = merge([mine, *(read_unverified_csv(path, [mine]) for path in paths)])
    return build_board(merged.plan, merged.records)


def build_rows(board):
    return {row.generator: row for row in board.rows}


def ranks_of(board):
    return {
        row.generator: [(e.rank, e.rank_low, e.rank_high) for e in (row, row.entries["fid"])]
        for row in board.rows
    }


@pytest.mark.parametrize("name", ["scores", "leaderboard"])
def test_a_row_of_a_csv_file_is_shown_and_changes_no_rank(mine, file_of, name):
    alone = ranks_of(build_board(mine.plan, mine.records))
    board = board_of(mine, file_of(name))
    found = ranks_of(board)
    noise, copy = "noise@mine", f"noise@their-{name}"
    assert {"a": found["a"], "b": found["b"], "noise": found[noise]} == alone
    assert found["c"] == found["d"] == found[copy] == [(None, None, None)] * 2
    assert [row.generator for row in board.blocks("digits")[0].rows] == ["a", "b", "c", "d", copy, noise]
    rows = build_rows(board)
    assert {row.plugin for row in rows.values() if not row.competes} == {"genbench 0.1.0", "unverified"}
    assert (rows[copy].control, rows[noise].control) == (None, "floor")
    assert not any(row.entries["fid"].is_best for row in board.rows if not row.is_verifiable)
    assert list_board_warnings(board) == [
        f"from a CSV file, without records that could be verified, so not ranked: c, d and {copy}"
    ]
    assert view_board(board).wrong_controls == ()  # of a noise that beats a and b


def test_a_mean_of_a_csv_file_keeps_its_interval(mine, file_of):
    entry = build_rows(board_of(mine, file_of("leaderboard")))["c"].entries["fid"]
    assert (entry.value, entry.values, entry.valid_share) == (pytest.approx(3.1), (), None)
    assert entry.high - entry.value == pytest.approx(0.2484, abs=1e-4)


def test_a_mean_of_one_seed_has_no_interval(run_of, file_of):
    plan, records = run_of({"a": {"fid": [1.0]}})
    path = file_of("leaderboard", {"c": {"fid": [3.0]}})
    entry = build_rows(board_of(Results(name="mine", plan=plan, records=records), path))["c"].entries["fid"]
    assert (entry.value, entry.low, entry.high) == (3.0, None, None)
    assert cell_text(entry) == "3.000"


def test_rows_of_a_csv_file_are_described_as_those_of_their_run(bounded, described, file_of):
    """Else the merged folder could not be read, and the error would name the file and not the run."""
    facts = {"range": (0.0, 10.0), "any_valid_share": True, "unseen_controls": ("floor",)}
    cells = tuple(described(cell, **facts) for cell in bounded.plan.cells)
    mine = replace(bounded, plan=replace(bounded.plan, cells=cells))
    theirs = read_unverified_csv(file_of("scores"), [mine])
    assert {cell.facts for cell in theirs.plan.cells} == {cell.facts for cell in cells}
    other = replace(mine, name="other", plan=bounded.plan)
    with pytest.raises(DataError, match=r"any_valid_share of fid .* is true in mine and false in other;"):
        merge([theirs, mine, other])


@pytest.mark.parametrize("name", ["scores", "leaderboard"])
def test_two_files_of_one_name_keep_their_own_rows_and_numbers(mine, file_of, name):
    theirs = [{"gan": {"fid": [2.0, 2.1, 2.2]}}, {"gan": {"fid": [4.0, 4.1, 4.2]}}]
    paths = [file_of(name, table, folder) for table, folder in zip(theirs, ("one", "two"), strict=True)]
    rows = build_rows(board_of(mine, *paths))
    assert rows[f"gan@their-{name}"].entries["fid"].value == pytest.approx(2.1)
    assert rows[f"gan@their-{name}-2"].entries["fid"].value == pytest.approx(4.1)


def test_a_file_that_is_given_twice_under_two_names_is_one_row(mine, file_of):
    paths = [file_of("scores", {"gan": {"fid": [2.0, 2.1, 2.2]}}, folder) for folder in ("one", "two")]
    assert set(build_rows(board_of(mine, *paths))) == {"a", "b", "noise", "gan"}


def test_a_row_of_a_csv_file_never_joins_one_with_records(run_of, file_of):
    """Numbers of no samples, as of a comparison, could agree by their values."""
    plan, records = run_of({"a": {"rating": [1.0, 2.0]}})
    mine = Results(
        name="mine", plan=plan, records={key: replace(one, samples="") for key, one in records.items()}
    )
    path = file_of("scores", {"a": {"rating": [1.0, 2.0], "fid": [0.0, 0.0]}})
    assert set(build_rows(board_of(mine, path))) == {"a@mine", "a@their-scores"}
    merged = merge([read_unverified_csv(path, [mine]), mine])
    assert set(build_rows(build_board(merged.plan, merged.records))) == {"a@mine", "a@their-scores"}


def test_a_seed_that_one_metric_lacks_is_missing_there(mine, run_of, file_of):
    path = file_of("scores", {"c": {"fid": [3.0, 3.1, 3.2], "kid": [1.0, 1.1, 1.2]}})
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "c,2,fid" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    row = build_rows(board_of(mine, path))["c"]
    assert (row.entries["fid"].value, row.entries["fid"].status) == (None, "missing")
    assert row.entries["kid"].value == pytest.approx(1.1)


@pytest.mark.parametrize("name", ["scores", "leaderboard"])
def test_the_scores_of_merged_runs_leave_csv_files_out(mine, file_of, name):
    merged = merge([mine, read_unverified_csv(file_of(name), [mine])])
    assert set(scores_frame(merged.plan, merged.records)["generator"]) == {"a", "b", "noise@mine"}


def test_numbers_of_another_signature_are_shown_without_ranks(mine, file_of):
    board = board_of(mine, file_of("scores", n=300))
    assert len(board.blocks("digits")) == 2
    row = build_rows(board)["c"]
    assert (row.entries["fid"].value, row.entries["fid"].rank) == (pytest.approx(3.1), None)


def test_texts_of_the_file_do_not_reach_the_board(mine, file_of):
    path = file_of("scores")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("error for a reason", "run <b>this</b>"), encoding="utf-8")
    found = read_unverified_csv(path, [mine])
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
        (("low,high", "value,high"), "line 1: column 'value' is listed twice"),
        ((",3.0,", ",3_0.0,"), "'3_0.0' is no number"),
        ((",3.0,", ", 3.0,"), "' 3.0' is no number"),
        ((",3.0,", ",\uff13.0,"), "'\uff13.0' is no number"),
    ],
)
def test_an_invalid_file_is_one_line(mine, file_of, change, message):
    path = file_of("scores")
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(DataError, match=r"their-scores\.csv") as refused:
        read_unverified_csv(path, [mine])
    assert message in str(refused.value)


LIMITS = "outside the range [0.0, 10.0] of the metric"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("scores", (",3.1,", ",-0.5,"), f"line 3: fid is -0.5, {LIMITS}"),
        ("scores", (",3.1,", ",10.5,"), f"line 3: fid is 10.5, {LIMITS}"),
        ("leaderboard", (",MEAN,LOW,HIGH,", ",10.5,10.25,10.75,"), f"line 2: fid is 10.5, {LIMITS}"),
        ("leaderboard", (",LOW,", ",-1.0,"), f"line 2: fid:low is -1.0, {LIMITS}"),
        ("leaderboard", (",HIGH,", ",11.0,"), f"line 2: fid:high is 11.0, {LIMITS}"),
        (
            "leaderboard",
            (",LOW,HIGH,", ",4.0,2.0,"),
            "line 2: fid:low 4.0 and fid:high 2.0 cannot be the interval of MEAN",
        ),
        ("leaderboard", (",HIGH,", ",,"), "line 2: '' is no number"),
        ("scores", (",599,", ",50000,"), "line 2: n is 50000, and that of the signature "),
        ("leaderboard", (",599,", ",100 50000,"), "line 2: n is 100, and that of the signature "),
    ],
)
def test_a_number_that_its_metric_cannot_have_is_refused(bounded, file_of, name, change, message):
    path = file_of(name, {"c": {"fid": [3.0, 3.1, 3.2]}})
    text = path.read_text(encoding="utf-8")
    entry = build_rows(board_of(bounded, path))["c"].entries["fid"]
    names = {"MEAN": entry.value, "LOW": entry.low, "HIGH": entry.high}

    def filled(pattern):
        for word, number in names.items():
            pattern = pattern.replace(word, repr(number))
        return pattern

    assert filled(change[0]) in text
    path.write_text(text.replace(filled(change[0]), filled(change[1]), 1), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_unverified_csv(path, [bounded])
    assert str(refused.value).startswith(f"{path.as_posix()}, {filled(message)}")
    if "n is" in message:
        assert str(refused.value).endswith("; correct one")


def test_a_row_of_several_n_has_that_of_the_signature(mine, file_of):
    path = file_of("leaderboard")
    path.write_text(path.read_text(encoding="utf-8").replace(",599,", ",100 599,"), encoding="utf-8")
    assert {cell.n for cell in read_unverified_csv(path, [mine]).plan.cells} == {599}


def test_an_unknown_range_refuses_nothing(bounded, file_of):
    path = file_of("scores", {"c": {"fid": [30.0, -31.0, 32.0]}}, n=300)
    assert len(read_unverified_csv(path, [bounded]).records) == 3


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'dataset,"gen', b"a,b\n1,2\n"])
def test_other_files_are_refused(mine, tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"other\.csv"):
        read_unverified_csv(path, [mine])


def test_a_file_that_is_none_is_refused(mine, tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read"):
        read_unverified_csv(tmp_path / "none.csv", [mine])


def test_a_csv_file_is_told_by_its_ending(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert is_csv(tmp_path / "scores.CSV")
    assert not is_csv(tmp_path / "folder.csv")
    assert not is_csv(tmp_path / "run")
