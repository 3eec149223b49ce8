"""`genbench compare`."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pytest
from click.testing import CliRunner
from run_folders import write_run

from genbench.cli.main import main

TABLE = {
    "vae": {"fid": [1.0, 1.1, 1.2], "recall": [0.5, "error", 0.5]},
    "gan": {"fid": [3.0, 3.2, 3.1], "recall": [0.5, 0.5, 0.5]},
}
FAILED = "cannot tell: vae has no value: error at 1 of 3 seeds"


@pytest.fixture
def folder(run_of, tmp_path):
    return write_run(tmp_path / "run", run_of(TABLE, directions={"recall": "higher"}))


def invoke(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def test_a_table_gives_difference_seeds_and_verdict(folder):
    found = invoke(folder, "vae", "gan")
    assert found.exit_code == 0
    cells = [re.split(r" {2,}", line.strip()) for line in found.stdout.splitlines()]
    assert cells[0] == ["digits: vae - gan"]
    assert ["fid", "-2.000 ± 0.23", "-16", "1.6e-05", "3", "vae better"] in cells
    (recall,) = (row for row in cells if row[:1] == ["recall"])
    assert recall[1] == "3"
    assert FAILED.startswith(recall[2])  # the rest is wrapped
    assert max(len(line) for line in found.stdout.splitlines()) <= 100


def test_json_holds_null_where_there_is_no_number(folder):
    rows = json.loads(invoke(folder, "vae", "gan", "--format", "json").stdout)
    assert [row["verdict"] for row in rows] == ["vae better", FAILED]
    assert rows[0]["seeds"] == 3
    assert rows[0]["p"] == rows[0]["p_corrected"] < 0.001
    assert rows[0]["difference"] == -2.0
    assert rows[1]["low"] is None


def test_csv_is_read_by_pandas(folder):
    frame = pd.read_csv(io.StringIO(invoke(folder, "vae", "gan", "--format", "csv").stdout))
    assert list(frame["verdict"]) == ["vae better", FAILED]
    assert frame["difference"][0] == -2.0


def test_generators_of_two_runs_are_named_with_their_folders(run_of, tmp_path):
    here = write_run(tmp_path / "here", run_of({"vae": {"fid": [1.0, 1.1, 1.2]}}))
    there = write_run(tmp_path / "with:colon", run_of({"vae": {"fid": [3.0, 3.2, 3.1]}}, salt="2"))
    found = invoke(f"{here}:vae", f"{there}:vae", "--format", "csv")
    frame = pd.read_csv(io.StringIO(found.stdout))
    assert frame["b"].tolist() == [f"{there}:vae"]
    assert frame["verdict"].tolist() == [f"{here}:vae better"]


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        (["here"], "expected DIR GEN_A GEN_B, or DIR:GEN_A DIR:GEN_B"),
        (["a:vae", "b:vae"], "a:vae names no folder of a run; expected DIR:GENERATOR"),
        (["here", "there"], "here names no folder of a run"),
    ],
)
def test_other_operands_are_refused(operands, message):
    found = invoke(*operands)
    assert found.exit_code == 2
    assert message in found.stderr


def test_samples_that_are_no_runs_are_refused_with_the_command_that_compares_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b").mkdir()
    (tmp_path / "c.smi").touch()
    found = invoke("a b", "c.smi")
    assert found.exit_code == 2
    assert "compare them with genbench score --fake 'a b' --fake c.smi --real REAL" in found.stderr


def test_an_unknown_generator_is_refused_with_the_nearest_name(folder):
    found = invoke(folder, "vae", "gam")
    assert found.exit_code == 2
    assert "no generator named 'gam' in these results; did you mean 'gan'" in found.stderr


def test_an_unknown_dataset_is_refused(folder):
    assert invoke(folder, "vae", "gan", "--dataset", "idx").exit_code == 2


def test_a_folder_without_a_run_is_bad_input(tmp_path):
    assert invoke(tmp_path, "vae", "gan").exit_code == 2


def test_a_damaged_record_is_named_and_left_out_and_nothing_is_written(folder):
    path = next((folder / "records").iterdir())
    path.write_bytes(path.read_bytes()[:-20])
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    found = invoke(folder, "vae", "gan", "--format", "csv")
    assert found.exit_code == 0
    assert found.stderr.splitlines() == [f"damaged, left out: {path}"]
    assert pd.read_csv(io.StringIO(found.stdout))["dataset"].unique().tolist() == ["digits"]
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
