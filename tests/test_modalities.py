"""Runs on data of every container: boards, kept samples, resumption, verification and comparison."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import genbench
from genbench import DataError, GenbenchError, Samples
from genbench.files.sample_files import read_samples

PLUGIN = Path(__file__).parent / "toy_plugins" / "kinds_plugin.py"
DATASETS = ("stereo", "clouds", "clips", "people", "chains", "ticks")
GENERATORS = ("resampler", "held-out", "train-copies", "noise")
CSVS = ("leaderboard.csv", "scores.csv")


@pytest.fixture(scope="module")
def suite(suite_text, tmp_path_factory):
    """Return a function that writes a suite on these datasets."""
    folder = tmp_path_factory.mktemp("suites")

    def write(*datasets):
        metrics = ["size-gap", "feature-gap"]
        text = suite_text(datasets=datasets, generators=["resampler"], metrics=metrics, n=15)
        (folder / "kinds.toml").write_text(text)
        return folder / "kinds.toml"

    return write


@pytest.fixture(scope="module")
def run(suite, tmp_path_factory):
    """Return a run on a dataset of each modality, with its samples kept."""
    folder = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(folder / "store"))
        output = folder / "out"
        yield genbench.run(suite(*DATASETS), output=output, plugins=[PLUGIN], jobs=2, keep_samples=True)


@pytest.mark.slow
def test_every_generator_has_a_row_on_every_modality(run):
    scores = run.scores().set_index(["dataset", "generator", "metric"])
    # each in two metrics, and clouds have the control jittered-copies, too
    assert len(scores) == (len(DATASETS) * len(GENERATORS) + 1) * 2
    without = scores.loc[("ticks", "noise")]
    assert set(without["status"]) == {"skipped"}
    assert set(without["reason"]) == {"modality 'tick' of kinds-plugin has no noise"}
    assert set(scores.drop(("ticks", "noise"))["status"]) == {"ok"}


@pytest.mark.slow
def test_labels_follow_the_items(run):
    samples = [read_samples(path) for path in (run.folder / "samples").glob("clouds.held-out.*")]
    for sample in samples:
        means = np.array([cloud.mean() for cloud in sample.data])
        assert np.abs(means - sample.labels).max() < 1.0  # the label is the mean of the cloud's law


@pytest.mark.slow
def test_kept_samples_are_those_of_their_modality(run):
    spaces = {}
    for path in (run.folder / "samples").iterdir():
        samples = read_samples(path)
        spaces[path.name.partition(".")[0]] = samples.space
        assert len(samples) == 15
    assert {name: space.modality for name, space in spaces.items()} == {
        "stereo": "audio", "clouds": "points", "clips": "video", "people": "table", "chains": "molecule",
        "ticks": "kinds-plugin:tick",
    }  # fmt: skip
    assert (spaces["stereo"].shape, spaces["stereo"].get("rate")) == ((2,), 8000)
    assert (spaces["clips"].shape, spaces["clips"].get("rate")) == ((6, 5, 3), 5.0)
    assert spaces["chains"].get("notation") == "smiles"


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["people", "ticks"])  # ticks are of a plugin that is not installed
def test_kept_samples_are_finished_outputs_of_another_run(dataset, run, tmp_path, fresh_store):
    (kept,) = (run.folder / "samples").glob(f"{dataset}.resampler.0.*")
    text = f"""
        name = "again"
        seeds = [0]
        n = 15
        controls = false
        dataset = [{{ use = "{dataset}" }}]
        generator = [{{ use = "samples", path = "{kept}" }}]
        metric = [{{ use = "size-gap" }}]
    """
    (tmp_path / "again.toml").write_text(text)
    again = genbench.run(tmp_path / "again.toml", output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    (value,) = again.scores()["value"]
    scores = run.scores().set_index(["dataset", "generator", "seed", "metric"])["value"]
    assert value == scores[dataset, "resampler", 0, "size-gap"]


@pytest.mark.slow
def test_kept_samples_are_scored_as_they_are(run, fresh_store):
    for dataset in DATASETS:
        (kept,) = (run.folder / "samples").glob(f"{dataset}.held-out.0.*")
        assert scored(kept, kept).value == 0


@pytest.mark.slow
def test_a_further_run_finds_everything(run, suite):
    before = {name: (run.folder / name).read_bytes() for name in CSVS}
    again = genbench.run(suite(*DATASETS), output=run.folder, plugins=[PLUGIN], keep_samples=True)
    assert {name: (again.folder / name).read_bytes() for name in CSVS} == before


@pytest.mark.slow
def test_one_job_and_an_empty_store_give_the_same_bytes(run, suite, tmp_path, fresh_store):
    again = genbench.run(suite(*DATASETS), output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    for name in CSVS:
        assert (again.folder / name).read_bytes() == (run.folder / name).read_bytes()


@pytest.mark.slow
def test_all_numbers_are_verified_from_the_kept_samples(run, fresh_store):
    found = genbench.verify(run.folder, plugins=[PLUGIN])
    assert found.is_confirmed
    assert {verdict.outcome for verdict in found.stored} == {"reproduced"}


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ("twice", "two columns are named 'a'; expected one of each name"),
        ("lists", "column 'a' holds a list in row 0"),
        ("flat", "audio samples have the axes channels"),
    ],
)
def test_malformed_data_are_refused_at_the_dataset(dataset, message, suite, tmp_path, fresh_store):
    with pytest.raises(GenbenchError, match=f"dataset '{dataset}' of kinds-plugin: .*{message}"):
        genbench.run(suite(dataset), output=tmp_path / "out", plugins=[PLUGIN])


def scored(fake, real, metric="size-gap", **options):
    return genbench.score(fake=fake, real=real, metrics=[metric], plugins=[PLUGIN], **options)[metric]


@pytest.mark.parametrize("dataset", DATASETS)
def test_splits_are_compared_by_score(dataset, fresh_store):
    fake = f"{dataset}.held_out"
    found = [scored(fake, dataset), scored(fake, dataset, "feature-gap", extractor="size")]
    assert [(one.status, one.n) for one in found] == [("ok", 20)] * 2
    assert found[0].value == pytest.approx(found[1].value, rel=1e-4)


PEOPLE = pd.DataFrame({"age": [1, 2], "height": [1.5, 2.5]})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (PEOPLE[["age"]], "fake: the column 'height' is missing; expected age, height, got 'age'"),
        (PEOPLE.assign(age=[1.5, 2]), "fake: the column 'age' holds 1.5 in row 1; expected integers"),
        (PEOPLE.assign(more=1), "fake: there is no column 'more'"),
    ],
)
def test_tables_of_other_columns_are_one_clear_error(frame, message):
    assert scored(PEOPLE, PEOPLE).value == 0
    with pytest.raises(DataError, match=message):
        scored(frame, PEOPLE)


def test_a_table_in_another_order_and_with_other_numbers_for_integers_is_the_same():
    moved = PEOPLE[["height", "age"]].astype({"age": float})
    assert scored(moved, PEOPLE).value == 0


def test_sounds_need_a_rate_and_are_compared_at_one():
    real = Samples.of("audio", [np.zeros((n, 1), np.float32) for n in (4, 6)], rate=8000)
    assert scored(Samples.of("audio", np.zeros((3, 9, 1), np.float32), rate=8000), real).value == 4
    with pytest.raises(DataError, match=r"fake: an array does not say its rate; write .*, rate=8000\)"):
        scored(np.zeros((3, 9)), real)
    with pytest.raises(
        DataError,
        match="fake cannot be compared with real: rate is 44100 instead of 8000; expected equal ones",
    ):
        scored(Samples.of("audio", np.zeros((3, 9, 1), np.float32), rate=44100), real)


def test_strings_are_what_the_samples_beside_them_are():
    real = Samples.of("molecule", ["CC", "CCO"], notation="smiles")
    assert scored(["C", "CCC"], real).value == pytest.approx(0.5)
    assert scored(["C", "CCC"], ["CC", "CCO"]).value == pytest.approx(0.5)  # texts
