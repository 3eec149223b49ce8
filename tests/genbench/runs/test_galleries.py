"""Galleries of runs: written by trials, completed by later runs, merged, and left alone by verify."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import genbench
from genbench.cli.main import main
from genbench.core.errors import ResultsError
from genbench.results import galleries as module
from genbench.results.folder import RunFolder
from genbench.results.results import read_results
from genbench.runs.kept_samples import complete_galleries
from genbench.trial.context import TrialContext
from genbench.verification.files import inspect_run, list_unverified_paths

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"


@pytest.fixture(scope="module")
def rerun(tmp_path_factory, suite_text):
    """Return a function that runs a suite with two seeds in a folder, and that folder after its first run."""
    home = tmp_path_factory.mktemp("galleries")
    extra = 'controls = ["genbench:train-copies"]'
    entries = {"datasets": ["cloud"], "generators": ["shifted"], "metrics": ["gap"]}
    (home / "small.toml").write_text(suite_text(**entries, seeds=[0, 1], n=20, extra=extra))

    def run(folder, **options):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENBENCH_STORE", str(home / "store"))
            return genbench.run(home / "small.toml", output=folder, plugins=[PLUGIN], jobs=1, **options)

    return run, run(home / "out").folder


@pytest.fixture
def folder(rerun, tmp_path):
    """Return a copy of the folder of a run."""
    return Path(shutil.copytree(rerun[1], tmp_path / "out"))


def contents(folder):
    paths = RunFolder(folder).galleries.glob("*/*")
    return {(path.parent.name, path.name): path.read_bytes() for path in paths}


def test_each_trial_without_real_samples_has_a_gallery_under_the_hash_in_its_records(folder):
    records = read_results(folder).records.values()
    draws = {record.samples for record in records if record.cell.control is None}
    assert {draw for draw, _ in contents(folder)} == draws
    assert len(draws) == len(records) / 2 == 2


def test_a_later_run_restores_missing_and_damaged_galleries(rerun, folder):
    before = contents(folder)
    one, two = sorted(RunFolder(folder).galleries.iterdir())
    shutil.rmtree(one)
    (two / "gallery.json").write_text("{")
    rerun[0](folder)
    assert contents(folder) == before


def test_verify_neither_reads_galleries_nor_calls_them_foreign(folder):
    found = inspect_run(folder)[1]
    for path in RunFolder(folder).galleries.glob("*/*"):
        path.write_text("{")
    (RunFolder(folder).galleries / "more").write_text("other")
    assert inspect_run(folder)[1] == found == ()
    assert list_unverified_paths(folder) == ()


def test_a_merged_board_has_the_galleries_of_its_runs(rerun, folder, tmp_path):
    rerun[0](folder, keep_samples=True)
    assert len(list(RunFolder(folder).samples.iterdir())) == 4  # with those of the control
    out = ["leaderboard", str(folder), "-o", str(tmp_path / "both"), "-q"]
    assert CliRunner().invoke(main, out, catch_exceptions=False).exit_code == 0
    assert contents(tmp_path / "both") == contents(folder)


@pytest.fixture
def drawn(trial, store, run_of):
    """Return a trial whose samples are in the store, and the records of its cells."""
    made = trial()
    context = TrialContext(made, store, lambda **event: None)
    _ = context.samples
    _, records = run_of({"vae": {"fid": [1.0]}})
    (record,) = records.values()
    return made, {cell.key: replace(record, cell=cell, samples=context.samples_hash) for cell in made.cells}


def test_a_gallery_is_made_of_the_stored_samples_of_the_records_alone(drawn, store, tmp_path):
    trial, records = drawn
    others = {key: replace(record, samples="f" * 64) for key, record in records.items()}
    complete_galleries(tmp_path, [trial], others, store)
    complete_galleries(tmp_path, [trial], {}, store)
    assert not RunFolder(tmp_path).galleries.exists()
    complete_galleries(tmp_path, [trial], records, store)
    assert {draw for draw, _ in contents(tmp_path)} == {next(iter(records.values())).samples}


def test_there_is_no_gallery_if_the_store_has_forgotten_the_samples(drawn, store, tmp_path):
    trial, records = drawn
    shutil.rmtree(store.root / "samples")
    complete_galleries(tmp_path, [trial], records, store)
    assert not RunFolder(tmp_path).galleries.exists()


def test_a_folder_that_cannot_take_a_gallery_is_named(drawn, store, tmp_path, monkeypatch):
    def full(path, fill, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_folder", full)
    with pytest.raises(ResultsError, match=r" cannot be written: No space left on device"):
        complete_galleries(tmp_path, [drawn[0]], drawn[1], store)
