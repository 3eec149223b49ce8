"""Finished outputs with one path for each seed: `path = "run{seed}"`, of any generator and modality."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from toys import plugin_text

import genbench
from genbench.core.errors import SuiteError

#: A dataset of numbers in files, a generator with a path and a list of paths, a metric of all generators.
PLUGIN = plugin_text("""
def rows():
    return Data(Samples.of("vector", np.linspace(-1, 1, 90).reshape(45, 2)))

class Sampler:
    def __init__(self, rows):
        self.rows = rows

    def sample(self, n, *, rng):
        return Samples.of("vector", self.rows[:n])

def replay(train, *, path: Path, more: tuple[Path, ...] = (), note: str = "{seed}"):
    assert note == "{seed}"
    return Sampler(np.concatenate([np.loadtxt(file, ndmin=2) for file in (path, *more)]))

def mean(fake):
    return float(fake.data.mean())

def mean_rank(real, fakes):
    return {name: float(samples.data.mean()) for name, samples in fakes.items()}

DatasetSpec(name="rows", make=rows, modalities=("vector",))
GeneratorSpec(name="replay", make=replay)
MetricSpec(name="mean", make=mean, takes="samples")
MetricSpec(name="mean-rank", make=mean_rank, scope="board")
""")
SUITE = """
name = "mine"
seeds = [0, 1, 2]
n = 4
controls = false
plugins = ["rows.py"]
dataset = [{ use = "rows" }]
metric = [{ use = "mean" }, { use = "mean-rank" }]
"""
REPLAY = 'generator = [{ use = "replay", path = "run{seed}.rows", more = ["a.rows", "more{seed}/x.rows"] }]\n'


@pytest.fixture
def folder(tmp_path, fresh_store, warm_server, monkeypatch):
    """Return a folder with a suite, its plugin, and outputs of three seeds, whose means are the seeds."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "rows.py").write_text(PLUGIN)
    (folder / "mine.toml").write_text(SUITE + REPLAY)
    np.savetxt(folder / "a.rows", np.ones((1, 2)))
    for seed in range(3):
        np.savetxt(folder / f"run{seed}.rows", np.full((2, 2), float(seed)))
        (folder / f"more{seed}").mkdir()
        np.savetxt(folder / f"more{seed}" / "x.rows", np.full((1, 2), 2.0 * seed - 1))
    monkeypatch.chdir(tmp_path)
    return folder


def run(folder, **options):
    options = {"output": folder / "out", "trust_plugins": True, "jobs": 1} | options
    return genbench.run(folder / "mine.toml", **options)


def values(done, metric="mean"):
    cells = [cell for cell in done.results.plan.cells if cell.metric == metric]
    return {cell.seed: done.results.records[cell.key].value for cell in cells}


def test_each_seed_has_its_file_and_other_options_keep_their_text(folder):
    assert values(run(folder, jobs=2)) == {0: 0.0, 1: 1.0, 2: 2.0}


def test_a_file_of_one_seed_decides_the_cells_of_this_seed_alone(folder):
    before = run(folder)
    np.savetxt(folder / "more1" / "x.rows", np.full((1, 2), 5.0))
    after = run(folder)
    assert values(after) == {0: 0.0, 1: 2.0, 2: 2.0}
    keys = [{cell.seed: cell.key for cell in done.results.plan.cells if cell.seed is not None}
            for done in (before, after)]  # fmt: skip
    assert [seed for seed in range(3) if keys[0][seed] != keys[1][seed]] == [1]
    signatures = [
        json.dumps([dict(cell.signature) for cell in done.results.plan.cells if cell.seed is None])
        for done in (before, after)
    ]
    assert signatures[0] != signatures[1]  # of the comparison of all seeds
    assert len(after.computed) == 2


def test_another_seed_changes_no_number_of_the_others(folder):
    keys = [
        {cell.seed: cell.key for cell in done.results.plan.cells if cell.metric == "mean"}
        for done in (run(folder, seeds=[0, 1]), run(folder))
    ]
    assert keys[0].items() <= keys[1].items()


@pytest.mark.parametrize("name", ["run1.rows", "more1/x.rows"])
def test_a_missing_file_is_named_with_its_seed_before_anything_runs(folder, name):
    (folder / name).unlink()
    with pytest.raises(
        SuiteError, match=rf"^mine\.toml: generator\[0\]\..*{name} does not exist; .* \(seed 1\)$"
    ):
        run(folder)
    assert not (folder / "out").exists()
    assert values(run(folder, seeds=[0, 2])) == {0: 0.0, 2: 2.0}


def test_a_run_of_such_files_is_verified_and_an_edit_of_one_of_them_shows(folder, tmp_path):
    run(folder, keep_samples=True)
    plugins = [folder / "rows.py"]
    verified = genbench.verify(folder / "out", suite=folder / "mine.toml", plugins=plugins, jobs=1, sample=1)
    assert verified.is_confirmed
    np.savetxt(folder / "run2.rows", np.full((2, 2), 7.0))
    edited = genbench.verify(folder / "out", suite=folder / "mine.toml", plugins=plugins, jobs=1)
    assert not edited.is_confirmed
    assert "path.2.sha256" in str(edited.stored)


def test_generators_of_the_user_may_have_such_paths_relative_to_the_working_folder(folder):
    entry = {"use": "replay", "path": Path("mine/run{seed}.rows"), "more": [Path("mine/a.rows")]}
    assert values(run(folder, generators=[entry], n=3)) == pytest.approx({0: 1 / 3, 1: 1.0, 2: 5 / 3})


def test_finished_outputs_of_images_have_one_file_for_each_seed(folder):
    rng = np.random.default_rng(0)
    for seed in range(2):
        np.savez(folder / f"images{seed}.npz", rng.integers(0, 100 + seed, (20, 8, 8, 1), dtype=np.uint8))
    generator = 'generator = [{ use = "samples", path = "images{seed}.npz" }]\n'
    text = SUITE.replace('"rows" }', '"digits" }').replace("[0, 1, 2]", "[0, 1]").replace("n = 4", "n = 20")
    text = re.sub("metric = .*", 'metric = [{ use = "fid", extractor = "pixels" }]', text)
    (folder / "mine.toml").write_text(text + generator)
    done = run(folder)
    assert [record.status for record in done.results.records.values()] == ["ok", "ok"]
    assert len({record.value for record in done.results.records.values()}) == 2
