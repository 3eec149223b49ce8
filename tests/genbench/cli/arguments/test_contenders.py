"""Generators of runs, named on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_folders import write_run

from genbench.cli.arguments.contenders import read_contender_pairs, read_runs, read_two_contenders
from genbench.results.records import read_plan, write_plan


@pytest.fixture
def folder(run_of, tmp_path, monkeypatch):
    write_run(tmp_path / "a:b", run_of({"vae": {"m": [1.0]}, "gan": {"m": [2.0]}, "noise": {"m": [3.0]}}))
    monkeypatch.chdir(tmp_path)
    return "a:b"


def test_several_runs_are_read_as_one(folder, run_of, tmp_path):
    write_run(tmp_path / "c", run_of({"wgan": {"m": [1.0]}}))
    found = read_runs([Path(folder), Path("c")])
    assert {cell.generator for cell in found.plan.cells} == {"vae", "gan", "noise", "wgan"}


def named(contenders):
    return [(one.label, one.generator) for one in contenders]


def test_generators_of_one_folder_have_their_names(folder):
    assert named(read_two_contenders([folder, "vae", "gan"])) == [("vae", "vae"), ("gan", "gan")]


def test_the_folder_ends_at_the_last_colon_that_follows_a_folder(folder):
    assert named(read_two_contenders(["a:b:vae", "a:b:gan"])) == [("a:b:vae", "vae"), ("a:b:gan", "gan")]


def test_two_folders_pair_the_competitors_of_the_base(folder):
    pairs = read_contender_pairs(folder, folder)
    assert [old.generator for old, _ in pairs] == ["gan", "vae"]


def test_generators_of_csv_files_in_the_base_are_left_out_and_named(folder, without_records, capsys):
    plan, records = read_plan(Path(folder)), {}
    write_plan(Path(folder), without_records((plan, records), "gan")[0])
    assert [old.generator for old, _ in read_contender_pairs(folder, folder)] == ["vae"]
    assert capsys.readouterr().err == "left out, from a CSV file, without records: gan\n"
