"""The folder of a board of models that a table of battles rates."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from genbench import verify
from genbench.arena.battles import rate_battles
from genbench.cli.main import main
from genbench.core.errors import DataError, SuiteError
from genbench.report.page.document import make_page
from genbench.results.results import read_results

ROWS = ["GPT-4,01/yi.b,model_a", "01/yi.b,llama,model_a", "llama,GPT-4,model_a", "GPT-4,llama,tie"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "My battles.csv"
    path.write_text("\n".join(["model_a,model_b,winner", *ROWS * 20, "best,llama,model_a", ""]))
    return path


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """Return the folder of a board, and the results that were written to it."""
    path = tmp_path_factory.mktemp("battles") / "My battles.csv"
    path.write_text("\n".join(["model_a,model_b,winner", *ROWS * 20, "best,llama,model_a", ""]))
    return path, path.with_name("new"), rate_battles(path, path.with_name("new"))[0]


def test_the_folder_is_that_of_a_run_whose_rows_are_the_models(board):
    _, folder, results = board
    with (folder / "leaderboard.csv").open(newline="") as file:
        rows = {row["generator"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"gpt-4", "m-01-yi-b", "llama", "best"}
    assert {row["dataset"] for row in rows.values()} == {"my-battles"}
    assert {row["n"] for row in rows.values()} == {"80"}
    assert rows["gpt-4"]["battle-rating:rank:low"]
    assert not rows["best"]["battle-rating"]
    again = read_results(folder)
    assert again.plan == results.plan
    assert again.records == results.records
    assert {record.extra.get("model") for record in again.records.values()} == {
        "GPT-4",
        "01/yi.b",
        "llama",
        None,
    }


@pytest.mark.slow
def test_the_page_counts_battles_and_no_samples(board, catalog):
    page = make_page(board[2], [board[1]], catalog=catalog).decode()
    assert "my-battles: seeds 0; n = 80 battles" in page
    assert "samples at each seed" not in page


def test_the_folder_keeps_the_table_and_verify_says_how_to_rate_again(board):
    table, folder, _ = board
    assert (folder / "inputs" / table.name).read_bytes() == table.read_bytes()
    found = verify(folder)
    assert not found.faults
    assert not found.is_confirmed
    assert "genbench arena rate on its inputs/ makes the ratings again" in found.obstacles[0]


def test_the_same_table_gives_the_same_bytes_and_another_one_another_signature(board, tmp_path):
    table, folder, results = board
    rate_battles(table, tmp_path / "again")
    for name in ("leaderboard.csv", "scores.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
    other = tmp_path / table.name
    other.write_text(table.read_text() + "llama,GPT-4,tie\n")
    for changed in (
        rate_battles(other, tmp_path / "b")[0],
        rate_battles(table, tmp_path / "c", ties="davidson")[0],
    ):
        assert changed.plan.cells[0].signature != results.plan.cells[0].signature


@pytest.mark.parametrize(
    ("rows", "error", "reason"),
    [
        (
            ["A.1,a-1,model_a", "a-1,A.1,model_a"],
            DataError,
            "'A.1' and 'a-1' have one id on the board, a-1; rename",
        ),
        (
            ["a,b,model_a"],
            DataError,
            "no rating follows from these battles: a: it won all 1.*; add more battles",
        ),
        (["a,b,left"], DataError, r"My battles\.csv, line 2: winner is 'left'"),
    ],
)
def test_a_table_without_a_rating_writes_nothing(table, tmp_path, rows, error, reason):
    table.write_text("\n".join(["model_a,model_b,winner", *rows]))
    with pytest.raises(error, match=reason):
        rate_battles(table, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == [table.name]


def test_a_folder_that_exists_is_left_alone(table, tmp_path):
    with pytest.raises(SuiteError, match="exists; name a new folder with -o"):
        rate_battles(table, tmp_path)


def test_the_command_prints_the_board_and_its_files(table, tmp_path):
    words = ["arena", "rate", str(table), "-o", str(tmp_path / "new"), "--ties", "rao-kupper"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "81 battles of 4 models, each independent of the others" in done.output
    assert (tmp_path / "new" / "leaderboard.md").is_file()
