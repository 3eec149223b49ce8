"""`genbench gate`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.core.canonical_json import digest
from genbench.results.records import write_plan, write_record

BASE = {"vae": {"fid": [10.0, 10.1, 10.2]}, "gan": {"fid": [20.0, 20.1, 20.2]}, "noise": {"fid": [90.0] * 3}}


@pytest.fixture
def folder_of(run_of, tmp_path):
    """Return a function that writes a run of these values and of its own samples, and returns its folder."""

    def write(name, table, **fields):
        folder = tmp_path / name
        (folder / "records").mkdir(parents=True)
        plan, records = run_of(table, salt=name, **fields)
        write_plan(folder, plan)
        for record in records.values():
            samples = digest([name, record.samples]) if record.samples else ""
            write_record(folder, replace(record, samples=samples))
        return folder

    return write


def invoke(*arguments):
    return CliRunner().invoke(main, ["gate", *map(str, arguments)])


@pytest.mark.parametrize(
    ("vae", "gan", "code"),
    [
        ([10.1, 10.2, 10.0], [20.1, 20.2, 20.0], 0),
        ([10.1, 10.2, 10.0], [29.1, 29.2, 29.0], 1),
        ([10.1, 10.2, 10.0], [15.0, 20.0, 25.0], 5),
        ([15.0, 10.0, 25.0], [29.1, 29.2, 29.0], 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_outcome(folder_of, vae, gan, code):
    base, candidate = folder_of("base", BASE), folder_of("new", {"vae": {"fid": vae}, "gan": {"fid": gan}})
    assert invoke(base, candidate, "--limit", "fid=1").exit_code == code


def test_the_table_names_generators_and_says_why(folder_of):
    new = folder_of("new", {"vae": {"fid": [10.1, 10.2, 10.0]}, "gan": {"fid": [29.1, 29.2, 29.0]}})
    lines = [
        " ".join(line.split())
        for line in invoke(folder_of("base", BASE), new, "--limit", "fid=5%").stdout.splitlines()
    ]
    assert lines[0] == "generator metric worse by limit verdict reason"
    assert lines[2:] == [
        "gan fid 9.000 ± 0.25 1.005 WORSE over the limit",
        "vae fid 0 ± 0.25 0.5050 ok the limit is excluded",
    ]


def test_json_and_csv_have_all_numbers(folder_of):
    operands = folder_of("base", BASE), folder_of("new", BASE | {"vae": {"fid": [10.1, 10.2, 10.6]}})
    found = json.loads(invoke(*operands, "--limit", "fid=1", "--format", "json").stdout)
    assert [row["generator"] for row in found] == ["gan", "vae"]
    assert found[1]["verdict"] == "ok"
    assert found[1]["worse_by"] == pytest.approx(0.2)
    rows = list(csv.DictReader(io.StringIO(invoke(*operands, "--limit", "fid=1", "--format", "csv").stdout)))
    assert float(rows[1]["high"]) == found[1]["high"] < 1.0


def test_generators_of_other_names_are_named_with_their_folders(folder_of):
    base, new = folder_of("base", BASE), folder_of("new", {"my-vae": {"fid": [10.0, 10.1, 10.3]}})
    assert invoke(f"{base}:vae", f"{new}:my-vae", "--limit", "fid=1").exit_code == 0


@pytest.mark.parametrize(
    ("operands", "limit", "message"),
    [
        (("base", "few"), "fid=1", "has no generator gan, which"),
        (("base", "base:vae"), "fid=1", "expected two folders, or DIR:GENERATOR for both"),
        (
            ("base", "nowhere"),
            "fid=1",
            "Error: nowhere holds no run.json; expected the output folder of a run",
        ),
        (("nowhere:vae", "base"), "fid=1", "Error: nowhere:vae holds no run.json"),
        (("base:vae", "nowhere:vae"), "fid=1", "names no folder of a run"),
        (("base", "new"), "fid", "--limit 'fid': expected METRIC=NUMBER"),
        (("base", "new"), "fdi=1", "no metric named 'fdi' in both runs; did you mean 'fid'?"),
        (("base", "new"), "FID=1", "no metric named 'FID' in both runs; did you mean 'fid'?"),
        (("base", "new"), "recall=1", "no metric named 'recall' in both runs; expected one of fid"),
    ],
)
def test_what_cannot_be_compared_exits_with_2(folder_of, tmp_path, monkeypatch, operands, limit, message):
    monkeypatch.chdir(tmp_path)
    for name, table in (("base", BASE), ("new", BASE), ("few", {"vae": BASE["vae"]})):
        folder_of(name, table)
    found = invoke(*operands, "--limit", limit)
    assert found.exit_code == 2
    assert message in found.stderr


def test_generators_that_are_not_comparable_are_in_the_table_and_exit_with_2(folder_of):
    found = invoke(folder_of("base", BASE), folder_of("other", BASE, n=300), "--limit", "fid=1")
    assert (found.exit_code, found.stderr) == (2, "")
    assert found.stdout.count("not comparable") == 2
