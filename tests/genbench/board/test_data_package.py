"""The description of the CSVs, and programs that read the CSVs by it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from genbench.board.csv_tables import data_package
from genbench.board.rank_rules import EARLIER_RULE
from genbench.board.report import write_board

TABLE = {
    "vae": {"fid[pixels]": [0.1, 0.2, 0.4], "recall": [1e-7, 2.5, 2e50]},
    "gan": {"fid[pixels]": [1 / 3, 2e50, 1.0], "recall": ["error", 0.5, 0.5]},
    "noise": {"fid[pixels]": [9.0, 9.5, 9.1], "recall": [0.0, 0.0, 0.0]},
}
HISTORY = (
    {"step": 1, "total": 2, "loss": 0.5, "gap": 1, "rate": None},
    {"step": 2, "total": 2, "loss": 1e-9},
)


@pytest.fixture
def folder(run_of, trace_of, tmp_path):
    """Return a folder with the files of a board: two rows per metric that no row has in full."""
    traces = [trace_of("vae", 0, history=HISTORY, seconds={"fit": 0.5}, parameters=3), trace_of("gan", 0)]
    write_board(tmp_path, *run_of(TABLE), traces)
    return tmp_path


def resources(content):
    return {resource["name"]: resource for resource in json.loads(content)["resources"]}


def test_every_csv_is_described_column_by_column(folder):
    found = resources((folder / "datapackage.json").read_bytes())
    assert {resource["path"] for resource in found.values()} == {path.name for path in folder.glob("*.csv")}
    for resource in found.values():
        text = (folder / resource["path"]).read_text(encoding="utf-8")
        head = next(csv.reader(io.StringIO(text)))
        assert [field["name"] for field in resource["schema"]["fields"]] == head
        assert resource["schema"]["missingValues"] == [""]


def test_the_profiles_are_those_of_version_1(folder):
    body = json.loads((folder / "datapackage.json").read_bytes())
    assert body["profile"] == "tabular-data-package"
    assert {resource["profile"] for resource in body["resources"]} == {"tabular-data-resource"}


def test_columns_have_types_units_and_keys(folder):
    found = resources((folder / "datapackage.json").read_bytes())
    types = {name: {f["name"]: f["type"] for f in r["schema"]["fields"]} for name, r in found.items()}
    assert types["leaderboard"]["fid[pixels]:rank"] == types["leaderboard"]["n"] == "integer"
    assert types["leaderboard"]["fid[pixels]:sig"] == "string"
    assert types["scores"]["value"] == types["history"]["value"] == "number"
    units = {
        field["name"]: field["unit"] for field in found["timings"]["schema"]["fields"] if "unit" in field
    }
    assert units == {"fit_s": "s", "sample_s": "s", "extract_s": "s", "score_s": "s", "peak_mib": "MiB"}
    assert found["scores"]["schema"]["primaryKey"] == ["dataset", "generator", "seed", "metric"]


def test_beside_comparisons_which_have_no_seed_scores_have_no_key(run_of):
    cells = run_of(TABLE)[0].cells
    found = resources(data_package("", [replace(cells[0], seed=None), *cells], EARLIER_RULE))
    assert "primaryKey" not in found["scores"]["schema"]
    assert found["leaderboard"]["schema"]["primaryKey"] == ["dataset", "generator"]


def test_the_values_of_a_run_do_not_change_its_description(run_of):
    first, _ = run_of({"vae": {"fid": [1.0]}, "gan": {"fid": [2.0]}})
    second, _ = run_of({"vae": {"fid": ["error"]}, "gan": {"fid": [7.0]}}, salt="other")
    assert data_package("a", first.cells, EARLIER_RULE) == data_package("a", second.cells[::-1], EARLIER_RULE)
    assert data_package("a", first.cells, EARLIER_RULE) != data_package("b", first.cells, EARLIER_RULE)
    assert "title" not in json.loads(data_package("", first.cells, EARLIER_RULE))


@pytest.mark.extras("frictionless")
@pytest.mark.filterwarnings("ignore")  # of a library that is no part of genbench
def test_frictionless_validates_the_folder(folder):
    from frictionless import validate

    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    assert [task.stats["rows"] for task in report.tasks] == [3, 18, 2, 4]


@pytest.mark.extras("frictionless")
@pytest.mark.filterwarnings("ignore")  # of a library that is no part of genbench
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("leaderboard.csv", ",0.2", ",many"), ("scores.csv", ",ok,", ",fine,"), ("timings.csv", ",seed", ",")],
)
def test_frictionless_refuses_what_the_description_does_not_allow(folder, name, old, new):
    from frictionless import validate

    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not validate(str(folder / "datapackage.json")).valid


@pytest.mark.extras("frictionless")
@pytest.mark.filterwarnings("ignore")  # of a library that is no part of genbench
def test_frictionless_reads_numbers_and_empty_cells_by_their_types(folder):
    from frictionless import Package

    rows = Package(str(folder / "datapackage.json")).get_resource("leaderboard").read_rows()
    vae = next(row for row in rows if row["generator"] == "vae")
    assert (vae["n"], vae["seeds"], float(vae["fid[pixels]"])) == (599, "0 1 2", pytest.approx(0.7 / 3))
    assert next(row for row in rows if row["generator"] == "gan")["recall"] is None
