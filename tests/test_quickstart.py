"""The bundled quickstart on real digits: whether its board makes sense, and whether it comes out the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from genbench_image.datasets.digits import digits

import genbench
from genbench.core.splits import split

TURN = [pytest.mark.full, pytest.mark.day(0, of=4)]  # the training of one suite a day
PUBLISHED = Path(__file__).parents[1] / "results" / "published" / "quickstart"
TRAINED = ("ddpm", "gan", "vae", "wgan-gp")
FID = "fid[digits-classifier]"

SHORT = """
name = "short"
seeds = [0]
n = 60
controls = false
dataset = [{use = "digits"}]
generator = [
    {use = "ddpm", steps = 5, timesteps = 20},
    {use = "wgan-gp", steps = 3},
    {use = "gan", steps = 5},
    {use = "vae", steps = 5},
]
metric = [
    {use = "fid", extractor = "digits-classifier"},
    {use = "coverage", extractor = {use = "classifier", steps = 20}},
]
"""


def csvs(run):
    return {name: (run.folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv")}


@pytest.mark.slow
def test_four_generators_that_learn_give_the_same_bytes_at_any_number_of_jobs(tmp_path, monkeypatch):
    suite = tmp_path / "short.toml"
    suite.write_text(SHORT)
    seen = []
    for jobs in (1, 2):
        monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / f"store{jobs}"))
        run = genbench.run(suite, output=tmp_path / f"out{jobs}", jobs=jobs)
        assert run.is_complete
        assert {notice for record in run.results.records.values() for notice in record.notices} == set()
        seen.append(csvs(run))
    assert seen[0] == seen[1]


@pytest.fixture(scope="module", params=["published", pytest.param("trained", marks=TURN)])
def quickstart(request, tmp_path_factory):
    """Return the folder of the board that is published, of three seeds, or of one that is trained here."""
    if request.param == "published":
        return PUBLISHED
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))
        run = genbench.run("quickstart", output=tmp_path_factory.mktemp("out"), seeds=[0], jobs=2)
        assert run.is_complete
        before = csvs(run)
        stamps = {file: file.stat().st_mtime_ns for file in (run.folder / "records").iterdir()}
        again = genbench.run("quickstart", output=run.folder, seeds=[0], jobs=2)
        assert csvs(again) == before
        assert {file: file.stat().st_mtime_ns for file in (run.folder / "records").iterdir()} == stamps
    return run.folder


@pytest.fixture(scope="module")
def floor():
    """Return the Fréchet distances of 20 real-against-real splits of 599 each."""
    parts = split(digits(), {"train": 1, "test": 1, "held_out": 1})
    real = np.concatenate([parts["test"].data, parts["held_out"].data])
    rng = np.random.Generator(np.random.PCG64(0))
    distances = []
    for _ in range(20):
        order = rng.permutation(len(real))
        found = genbench.score(
            fake=real[order[:599]], real=real[order[599:]], metrics=["fid"], extractor="digits-classifier"
        )
        distances.append(found[FID].value)
    return np.array(distances)


def values(folder, column):
    return pd.read_csv(folder / "leaderboard.csv").set_index("generator")[column]


def test_the_quickstart_is_complete(quickstart):
    assert set(pd.read_csv(quickstart / "scores.csv")["status"]) == {"ok"}


def test_every_trained_generator_is_above_held_out_or_within_the_floor(quickstart, floor):
    fid = values(quickstart, FID)
    for name in TRAINED:
        assert fid[name] > fid["held-out"] or floor.min() <= fid[name] <= floor.max()


def test_ddpm_is_the_best_and_near_the_floor(quickstart, floor):
    fid = values(quickstart, FID)
    assert fid[list(TRAINED)].idxmin() == "ddpm"
    assert fid["ddpm"] < 2 * floor.max()
    assert values(quickstart, "rank")["ddpm"] == 1


def test_noise_is_ten_times_the_floor(quickstart, floor):
    assert values(quickstart, FID)["noise"] >= 10 * floor.max()


def test_copies_of_train_are_caught_by_authenticity(quickstart):
    authenticity = values(quickstart, "authenticity[digits-classifier]")
    assert authenticity["train-copies"] <= 5
    assert authenticity["held-out"] > 40


def test_a_collapse_shows_in_recall_and_coverage(quickstart):
    recall = values(quickstart, "recall[digits-classifier]")
    coverage = values(quickstart, "coverage[digits-classifier]")
    assert recall["gan"] < recall["ddpm"]
    assert coverage["gan"] < coverage["ddpm"]
