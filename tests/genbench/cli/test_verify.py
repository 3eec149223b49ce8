"""`genbench verify`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import genbench
from genbench.cli.main import main
from genbench.core.canonical_json import canonical, digest
from genbench.results.records import read_plan, write_plan

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
pytestmark = pytest.mark.usefixtures("warm_server")

SUITE = """
name = "checked"
seeds = [0, 1]
n = 20
controls = false
dataset = [{use = "cloud"}]
generator = [{use = "shifted"}]
metric = [{use = "gap"}, {use = "spread"}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a run."""
    home = tmp_path_factory.mktemp("run")
    (home / "checked.toml").write_text(SUITE)
    genbench.run(home / "checked.toml", output=home / "out", plugins=[PLUGIN], jobs=1)
    return home / "out"


def call(*arguments):
    return CliRunner().invoke(
        main, ["verify", *map(str, arguments), "--plugin", str(PLUGIN), "-j", "1", "-q"]
    )


def test_a_run_that_comes_out_again_is_a_table_and_ends_with_0(folder, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    done = call(folder, "--sample", "1")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "scored again from stored samples"
    assert [line.split() for line in lines if "shifted" in line and "seed" not in line] == [
        ["cloud", "shifted", "4", "0", "0", "0"], ["cloud", "shifted", "2", "0", "0", "0"],
    ]  # fmt: skip
    assert any(line.startswith("made again from the seeds: cloud shifted seed ") for line in lines)
    assert lines[-1] == "6 reproduced; the files are whole"
    assert max(map(len, lines)) <= 100


def test_a_changed_digit_is_named_and_ends_with_1(folder, tmp_path):
    path = folder / "scores.csv"
    before = path.read_text()
    path.write_text(before.replace(",ok,", ",OK,", 1))
    try:
        done = call(folder)
        said = json.loads(call(folder, "--format", "json").stdout)
    finally:
        path.write_text(before)
    assert done.exit_code == 1
    expected = "damaged: scores.csv line 2: status is 'OK', the records say 'ok'"
    assert expected in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "4 reproduced; 1 problem in the files"
    assert (said["confirmed"], len(said["faults"]), len(said["stored"])) == (False, 1, 4)
    assert said["faults"][0]["line"] == 2
    assert {verdict["outcome"] for verdict in said["stored"]} == {"reproduced"}


def test_a_text_that_no_terminal_should_receive_is_escaped_in_the_json(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "out")
    path = min((copy / "records").iterdir())
    outer = json.loads(path.read_text())
    outer["body"] |= {
        "status": "skipped",
        "value": None,
        "low": None,
        "high": None,
        "reason": "a\u202e\x9b\ud800b",
    }
    path.write_text(canonical(outer | {"sha256": digest(outer["body"])}))
    done = call(copy, "--format", "json")
    assert done.exit_code == 1
    assert r"skipped (a\u202e\u009b\ud800b) in the record" in done.stdout
    assert {char for char in done.stdout if not char.isprintable()} == {"\n"}


def test_a_change_of_the_environment_is_a_text_in_the_json(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    path = min((copy / "records").iterdir())
    outer = json.loads(path.read_text())
    libraries = outer["body"]["environment"]["libraries"]
    here, libraries["numpy"] = libraries["numpy"], "1.0"
    path.write_text(canonical(outer | {"sha256": digest(outer["body"])}))
    stored = json.loads(call(copy, "--format", "json").stdout)["stored"]
    changes = [verdict["environment"] for verdict in stored]
    assert sorted(changes) == [[], [], [], [f"numpy was 1.0, is {here}"]]


def test_unchecked_notices_and_differences_of_the_board_are_in_the_json(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    path = min((copy / "records").iterdir())
    outer = json.loads(path.read_text())
    notice = {"kind": "generator", "component": "a:b", "text": "used x", "is_nondeterministic": False}
    outer["body"]["notices"] = [notice]
    path.write_text(canonical(outer | {"sha256": digest(outer["body"])}))
    plan = read_plan(copy)
    datasets = {**plan.provenance["datasets"], "other": {"shared_splits": [["test", "train"]]}}
    write_plan(copy, replace(plan, provenance={**plan.provenance, "datasets": datasets}))
    found = json.loads(call(copy, "--format", "json").stdout)
    unchecked = sorted(verdict["unchecked"] for verdict in found["stored"])
    assert unchecked == [[], [], [], ["generator a:b used x"]]
    assert found["board"] == ['dataset other: shared_splits [["test", "train"]] in run.json, not set here']
    assert not found["confirmed"]


def test_a_folder_that_holds_no_run_ends_with_2_and_one_line(tmp_path):
    done = call(tmp_path)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: {tmp_path} holds no run.json")
    assert done.stderr.count("\n") == 1


def test_another_version_ends_with_5_and_the_json_says_so(folder, tmp_path):
    changed = tmp_path / PLUGIN.name
    changed.write_text(PLUGIN.read_text() + "\n")
    arguments = ["verify", str(folder), "--plugin", str(changed), "-q"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 5
    assert done.stdout.splitlines()[-1] == "4 other version; the files are whole"
    said = json.loads(CliRunner().invoke(main, [*arguments, "--format", "json"]).stdout)
    assert (said["confirmed"], said["outdated"], said["obstacles"]) == (False, True, [])


def test_the_readers_suite_is_a_file_or_a_bundled_name(folder, tmp_path):
    assert call(folder, "--suite", folder.parent / "checked.toml").exit_code == 0
    other = call(folder, "--suite", "quickstart", "--format", "json")
    assert other.exit_code == 1
    reasons = {verdict["reason"] for verdict in json.loads(other.stdout)["stored"]}
    assert reasons == {
        "in the suite quickstart and not in run.json", "in run.json and not in the suite quickstart",
    }  # fmt: skip
    missing = call(folder, "--suite", "quikstart")
    assert missing.exit_code == 2
    assert "no suite 'quikstart'" in missing.stderr
    assert missing.stderr.count("\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_temporary_folder(folder, tmp_path, reaped, number, code):
    command = [sys.executable, "-P", "-c", "from genbench.cli.main import main; main()", "verify"]
    process = reaped(subprocess.Popen(
        [*command, str(folder), "--plugin", str(PLUGIN), "--sample", "2"], text=True, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)},
    ))  # fmt: skip
    while process.poll() is None and not list(tmp_path.glob("genbench-verify-*/*")):
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert list(tmp_path.glob("genbench-*")) == []
