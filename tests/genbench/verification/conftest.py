"""Runs whose folders tests forge with seals that fit, and a function that verifies them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.board.report import write_board
from genbench.results.records import write_plan, write_record
from genbench.results.results import read_results

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"

TEXT = """
name = "rivals"
seeds = [0, 1, 2]
n = 20
controls = false
dataset = [{use = "cloud"}]
generator = [{use = "shifted"}, {use = "shifted", name = "rival", drift = 1.0}]
metric = [{use = "gap"}, {use = "spread"}]
"""


#: A metric that is equal for all, and one that always fails.
TIED = TEXT.replace('"gap"', '"level"').replace('"spread"', '"fails"')


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """Return the file of the suite."""
    path = tmp_path_factory.mktemp("trusted") / "rivals.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def honest(tmp_path_factory, trusted):
    """Return the folder of a run that kept its samples."""
    folder = tmp_path_factory.mktemp("honest") / "out"
    genbench.run(trusted, output=folder, plugins=[PLUGIN], jobs=1, keep_samples=True)
    return folder


@pytest.fixture(scope="module")
def tied(tmp_path_factory):
    """Return the folder of a run in which all competitors are equal."""
    home = tmp_path_factory.mktemp("tied")
    (home / "tied.toml").write_text(TIED)
    genbench.run(home / "tied.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out"


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """Return the folder of a run whose only metric takes the training history."""
    home = tmp_path_factory.mktemp("learned")
    text = TEXT.replace('"gap"', '"learnt"').replace(', {use = "spread"}', "")
    (home / "learned.toml").write_text(text)
    genbench.run(home / "learned.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out"


@pytest.fixture
def forged(honest, tmp_path, fresh_store):
    """Return a function that forges a copy of a folder and returns it.

    of            the folder, else the honest one
    cell, record  functions of a cell or a record: what replaces it, or None to leave it out
    cells         a function of all cells: what replaces them
    provenance    fields that replace those of run.json
    """

    def forge(cell=lambda one: one, record=lambda one: one, cells=list, provenance=(), of=honest):
        folder = shutil.copytree(of, tmp_path / "forged")
        results = read_results(folder)
        kept = filter(None, map(cell, results.plan.cells))
        plan = replace(
            results.plan,
            cells=tuple(cells(list(kept))),
            provenance={**results.plan.provenance, **dict(provenance)},
        )
        by_key = {one.key: replace(results.records[one.key], cell=one) for one in results.plan.cells}
        records = {
            one.key: record(replace(by_key[one.key], cell=one)) for one in plan.cells if one.key in by_key
        }
        for key in by_key.keys() - records.keys():
            (folder / "records" / f"{key}.json").unlink()
        for one in records.values():
            write_record(folder, one)
        write_plan(folder, plan)
        write_board(folder, plan, records, results.traces)
        return folder

    return forge


@pytest.fixture
def said(monkeypatch, capsys):
    """Return a function that verifies a folder: exit code, and the lines below the tables."""
    from click.testing import CliRunner

    from genbench.cli.main import main

    monkeypatch.setenv("COLUMNS", "100")

    def verify(folder, *options):
        command = ["verify", str(folder), "--plugin", str(PLUGIN), "-j", "1", "-q", *map(str, options)]
        done = CliRunner().invoke(main, command)
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        lines.remove("never checked: seconds and hardware, which nothing here can show")
        lines = [line for line in lines if "that these generators made the samples" not in line]
        return done.exit_code, [line for line in lines[:-1] if re.match(r"[a-z ]+: ", line)], lines[-1]

    return verify
