"""`genbench.open_run`: a run in a folder, read from Python."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pandas as pd
import pytest
from click.testing import CliRunner
from run_folders import write_run

import genbench
from genbench.board.report import write_board
from genbench.cli.main import main
from genbench.core.errors import DataError, SuiteError

TABLE = {
    "vae": {"fid": [1.0, 1.1, 1.2], "recall": [0.5, 0.6, 0.5]},
    "gan": {"fid": [3.0, 3.2, 3.1], "recall": [0.5, 0.5, 0.5]},
}


@pytest.fixture
def folder(run_of, tmp_path):
    """Return the folder of a run, with its board."""
    plan, records = run_of(TABLE, directions={"recall": "higher"})
    folder = write_run(tmp_path / "mine", (plan, records))
    write_board(folder, plan, records, ())
    return folder


def read_command(*words):
    """Return the rows that a command prints as JSON."""
    return json.loads(CliRunner().invoke(main, [*map(str, words), "--format", "json"]).stdout)


def test_its_frames_are_the_files_of_the_run_and_the_rows_of_the_commands(folder):
    run = genbench.open_run(str(folder))
    of_file = pd.read_csv(folder / "leaderboard.csv")
    assert of_file["caution"].isna().all()  # where the frame has ""
    pd.testing.assert_frame_equal(run.leaderboard(), of_file.assign(caution=""), check_dtype=False)
    assert len(run.scores()) == len(pd.read_csv(folder / "scores.csv")) == 12
    compared = run.compare("vae", "gan")
    assert compared[["metric", "difference"]].to_dict("records") == [
        {name: row[name] for name in ("metric", "difference")}
        for row in read_command("compare", folder, "vae", "gan")
    ]
    assert compared.loc[0, "difference"] == pytest.approx(-2.0)
    needs = run.power({"fid": 5, "recall": "20%"}, power=0.9, generators=["vae"])
    assert needs.to_dict("records") == read_command(
        "power", folder, "--difference", "fid=5", "--difference", "recall=20%", "--power", "0.9",
        "--only", "vae",
    )  # fmt: skip


def test_generators_of_two_runs_are_compared(folder, run_of, tmp_path):
    write_run(tmp_path / "new", run_of({"vae": {"fid": [5.0, 5.1, 5.2], "recall": [0.5, 0.6, 0.5]}}))
    run = genbench.open_run(folder)
    compared = run.compare("vae", "vae", other=genbench.open_run(tmp_path / "new"))
    assert compared.loc[0, "difference"] == pytest.approx(-4.0)
    assert compared.loc[0, "a"] == f"{folder}:vae"
    with pytest.raises(SuiteError, match="vae is compared with itself"):
        run.compare("vae", "vae")


def test_it_draws_its_board_and_verifies_its_folder(folder):
    run = genbench.open_run(folder)
    assert "vae" in run._repr_html_()
    assert not run.verify(jobs=1).faults
    (folder / "leaderboard.csv").write_text("forged")
    assert "leaderboard.csv" in {fault.file for fault in run.verify(jobs=1).faults}


@pytest.mark.extras("altair")
def test_it_draws_charts(folder):
    assert genbench.open_run(folder).plot("fid").to_dict()


def test_a_run_is_a_frozen_value_that_names_what_is_damaged_and_moves_nothing(folder):
    record = min((folder / "records").iterdir())
    record.write_text("{}")
    with pytest.warns(RuntimeWarning, match=rf"^damaged, left out: .*{record.name}$"):
        run = genbench.open_run(folder)
    assert record.exists()
    with pytest.raises(FrozenInstanceError):
        run.folder = "other"


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [(3, SuiteError, "folder: expected the path of a run's folder, got 3"), ("none", DataError, "none")],
)
def test_what_is_no_run_is_refused(place, error, message):
    with pytest.raises(error, match=message):
        genbench.open_run(place)


def test_amounts_and_names_are_checked(folder):
    run = genbench.open_run(folder)
    with pytest.raises(SuiteError, match=r"^differences 'fid=x': expected METRIC=NUMBER"):
        run.power({"fid": "x"})
    with pytest.raises(SuiteError, match="no generator named 'van' in these results; did you mean 'vae'"):
        run.compare("van", "gan")
