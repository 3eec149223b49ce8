"""`genbench power`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from run_folders import write_run

from genbench.cli.main import main
from genbench.results.records import read_plan, write_plan, write_record

TABLE = {"vae": {"fid[pixels]": [9.0, 10.0, 11.0]}, "gan": {"fid[pixels]": [19.0, 20.0, 21.0]}}


@pytest.fixture
def pilot(run_of, tmp_path):
    return write_run(tmp_path / "pilot", run_of(TABLE))


def invoke(*arguments):
    return CliRunner().invoke(main, ["power", *map(str, arguments)])


def test_a_table_fits_a_hundred_columns_and_says_what_its_numbers_are(pilot):
    lines = invoke(pilot, "--difference", "fid=1", "--difference", "fid[pixels]=10%").stdout.splitlines()
    assert lines[0].split() == ["dataset", "metric", "n", "pilot", "difference", "sd", "seeds", "hours"]
    assert lines[2].split() == ["digits", "fid[pixels]", "599", "2", "x", "3", "1.000", "1.0", "17–40"]
    assert lines[4].startswith("seeds of each generator")
    assert max(map(len, lines)) <= 100


def test_json_and_csv_have_all_numbers(pilot):
    (row,) = json.loads(invoke(pilot, "--difference", "fid=1", "--format", "json").stdout)
    assert (row["needed"], row["needed_at_most"], row["hours"]) == (17, 40, None)
    (line,) = csv.DictReader(io.StringIO(invoke(pilot, "--difference", "fid=1", "--format", "csv").stdout))
    assert line["needed"] == "17"


def test_more_power_needs_more_seeds(pilot):
    found = invoke(pilot, "--difference", "fid=1", "--power", "0.9", "--only", "vae", "--format", "json")
    assert json.loads(found.stdout)[0]["needed"] == 23


@pytest.mark.parametrize(
    "arguments", [["--difference", "fdi=1"], [], ["--difference", "fid=1", "--power", "2"]]
)
def test_what_cannot_be_said_exits_with_2(pilot, arguments):
    assert invoke(pilot, *arguments).exit_code == 2


def test_a_generator_of_a_csv_file_is_left_out_and_named(pilot, without_records):
    write_plan(pilot, without_records((read_plan(pilot), {}), "gan")[0])
    found = invoke(pilot, "--difference", "fid=1", "--format", "json")
    assert json.loads(found.stdout)[0]["generators"] == 1
    assert found.stderr == "left out, from a CSV file, without records: gan\n"


@pytest.fixture
def voted(tmp_path, run_of):
    """Return the folder of a run with a comparison by votes, and a metric with seeds."""
    (tmp_path / "records").mkdir()
    plan, records = run_of({name: {"taste": [1000.0], "fid": [1.0]} for name in ("vae", "gan")})
    cells = []
    for cell in plan.cells:
        compared, extra = cell, {}
        if cell.metric == "taste":
            signature = dict(cell.signature) | {"participants": {}, "runs": [0]}
            compared, extra = replace(cell, seed=None, signature=signature), {"votes": 600, "freedom": 20.0}
        cells.append(compared)
        record = replace(records[cell.key], cell=compared, low=980.0, high=1020.0, extra=extra)
        write_record(tmp_path, record)
    write_plan(tmp_path, replace(plan, cells=tuple(cells)))
    return tmp_path


def test_the_votes_of_a_comparison_are_a_table_of_their_own(voted):
    lines = invoke(voted, "--difference", "taste=30").stdout.splitlines()
    assert lines[0].split() == ["dataset", "metric", "generators", "pilot", "difference", "error", "votes"]
    assert lines[2].split()[:6] == ["digits", "taste", "2", "600", "30.00", "9.6"]
    assert lines[3].startswith("votes behind each interval")
    (row,) = json.loads(invoke(voted, "--difference", "taste=30", "--format", "json").stdout)
    assert row["votes"] == 600 < row["needed"] < row["needed_at_most"]


def test_votes_and_seeds_are_asked_for_in_two_commands(voted):
    done = invoke(voted, "--difference", "taste=30", "--difference", "fid=1")
    assert done.exit_code == 2
    assert "taste needs votes, and fid needs seeds; ask for them in two commands" in done.stderr
