"""Samples without features, from the extractor to the board, the verdicts and the scores."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import genbench
from genbench import Samples
from genbench.core.extracted import ValidCount
from genbench.results.results import read_results
from genbench.store.store import Store

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "sums_plugin.py"
METRICS = ("sum-gap", "free-gap", "choosy", "aligned", "sizes", "of-labels", "whole", "probes", "masks")
BROKEN = {"neat": 0, "fair": 1, "poor": 6, "hopeless": 20}  # of 20 samples

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server")]


@pytest.fixture(scope="module")
def suite(suite_text):
    """Return the function that writes a suite of sloppy generators and returns its path."""

    def write(folder, *, metrics=METRICS, extractor=None, dataset_broken=10, generators=BROKEN, extra=""):
        entries = {
            "datasets": [f'use = "sums"\nbroken = {dataset_broken}'],
            "generators": [f'use = "sloppy"\nname = "{n}"\nbroken = {generators[n]}' for n in generators],
            "metrics": [
                f'use = "{m}"\n' + (f'extractor = "{extractor}"' if extractor else "") for m in metrics
            ],
        }
        path = folder / "sums.toml"
        path.write_text(
            suite_text(**entries, name="sums", seeds=(0, 1), n=40, extra=f'n_real = "all"\n{extra}')
        )
        return path

    return write


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return the store of the run of this module."""
    return tmp_path_factory.mktemp("their-store")


@pytest.fixture(scope="module")
def base(suite, store, tmp_path_factory):
    """Return the folder of a run with one job at a time, which kept its samples."""
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(store))
        genbench.run(suite(folder), output=folder / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return folder / "out"


@pytest.fixture(scope="module")
def records(base):
    """Return the records of the first seed by generator and metric."""
    found = read_results(base).records.values()
    return {(r.cell.generator, r.cell.metric): r for r in found if r.cell.seed == 0}


def files(folder):
    names = ("leaderboard.csv", "scores.csv", "leaderboard.md")
    return {name: (folder / name).read_bytes() for name in names}


def counts(folder):
    """Return the counts of all records, and hashes of features, by key of the cell."""
    return {key: (r.valid, r.features) for key, r in read_results(folder).records.items()}


def test_arrays_and_labels_of_every_side_lose_the_same_rows(records):
    assert records["fair", "sizes"].extra == {
        "fake": [38, 38], "real": [72, 72], "train": [72, 72], "held_out": [72, 72],
    }  # fmt: skip
    for name in ("neat", "fair", "poor"):
        assert records[name, "aligned"].value == 1.0


def test_a_record_counts_the_samples_with_features_of_each_side_that_lacks_some(records):
    splits = dict.fromkeys(("real", "train", "held_out"), ValidCount(n=72, of=80))
    assert records["neat", "sizes"].valid == splits
    assert records["poor", "sizes"].valid == splits | {"fake": ValidCount(n=28, of=40)}
    assert records["poor", "aligned"].valid == {"fake": ValidCount(n=28, of=40)}
    assert records["neat", "aligned"].valid == records["poor", "whole"].valid == {}


def test_too_few_samples_with_features_are_skipped_and_counted(records):
    few, none = records["fair", "choosy"], records["hopeless", "sum-gap"]
    assert few.status == none.status == "skipped"
    assert few.reason == "needs at least 39 samples on each side; fake has 38 of 40 with features"
    assert none.reason.startswith("parsed has features for none of the 40 samples of fake; expected")
    assert none.valid["fake"] == ValidCount(n=0, of=40)
    assert records["hopeless", "whole"].value == 40


def test_a_metric_with_samples_of_its_own_is_skipped_or_asks_for_the_mask(records):
    assert records["neat", "probes"].status == "skipped"
    assert records["neat", "probes"].reason.startswith(
        "parsed has no features for 1 of 3 samples, such as texts"
    )
    assert records["neat", "masks"].value == 6
    assert records["neat", "masks"].extra == {"valid": [True, False, True]}


def test_generators_with_unequal_shares_are_ranked_apart_and_the_board_says_so(base):
    board = (base / "leaderboard.md").read_text()
    apart = "more than 5 points apart, so not ranked together"
    for line in (
        "- aligned, choosy, free-gap and 3 more: 30.0 % of the samples of poor have no features",
        "- aligned, choosy, free-gap and 3 more: 100 % of the samples of hopeless have no features",
        "- choosy, free-gap, sizes and sum-gap: 10.0 % of the real samples have no features",
        f"- sums: sum-gap: valid share is 95.0 % to 100 % in fair and neat and 70.0 % in poor; {apart}",
    ):
        assert line in board.splitlines()
    assert board.count("| *held-out* ") == 3  # three panels of one table
    for group in (1, 2, 3):
        assert f"sum-gap ↓ ({group})" in board
    assert "the samples of neat" not in board


def test_ranks_are_those_of_rows_with_similar_shares(base):
    frame = read_frame(base)
    assert sorted(frame.loc[["neat", "fair"], "sum-gap:rank"]) == [1, 2]
    assert frame.loc[["poor", "hopeless"], "sum-gap:rank"].isna().all()
    assert sorted(frame.loc[["neat", "fair", "poor"], "free-gap:rank"]) == [1, 2, 3]
    assert set(frame.loc[list(BROKEN), "whole:rank"]) == {1}
    assert frame.loc["held-out", "sum-gap"] > 0


def read_frame(folder):
    import pandas as pd

    return pd.read_csv(folder / "leaderboard.csv").set_index("generator")


def test_a_record_of_samples_that_all_have_features_has_no_new_field(suite, tmp_path, fresh_store):
    path = suite(
        tmp_path, metrics=["sum-gap"], dataset_broken=0, generators={"neat": 0}, extra="controls = false"
    )
    folder = genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1).folder
    bodies = [json.loads(file.read_text())["body"] for file in (folder / "records").iterdir()]
    assert len(bodies) == 2
    assert not [name for body in bodies for name in (*body, *body["cell"]) if "valid" in name]
    assert "valid" not in (folder / "run.json").read_text()
    assert not list(fresh_store.rglob("valid_rows.npy"))


def test_two_jobs_and_an_empty_store_give_the_same_bytes(base, suite, tmp_path, fresh_store):
    folder = genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[PLUGIN], jobs=2).folder
    assert files(folder) == files(base)
    assert counts(folder) == counts(base)


def test_a_metric_that_is_added_finds_the_mask_in_the_store(base, suite, store, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(store))
    made = set(store.rglob("meta.json"))
    assert list(store.rglob("valid_rows.npy"))
    folder = genbench.run(
        suite(tmp_path, metrics=["sizes", "aligned"]), output=tmp_path / "out", plugins=[PLUGIN]
    ).folder
    known = counts(base)
    assert counts(folder) == {key: known[key] for key in counts(folder)}
    assert set(store.rglob("meta.json")) == made


def test_a_run_that_is_resumed_keeps_its_counts(base, suite, store, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(store))
    shutil.copytree(base, tmp_path / "out")
    lost = sorted((tmp_path / "out" / "records").iterdir())[::2]
    for record in lost:
        record.unlink()
    folder = genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[PLUGIN], jobs=1).folder
    assert files(folder) == files(base)
    assert counts(folder) == counts(base)


@pytest.mark.slow
def test_verify_counts_again_from_kept_samples_and_from_seeds(base, tmp_path, fresh_store):
    found = genbench.verify(shutil.copytree(base, tmp_path / "copy"), plugins=[PLUGIN], jobs=1, sample=2)
    assert found.is_confirmed
    assert {verdict.outcome for verdict in (*found.stored, *found.remade)} == {"reproduced"}


@pytest.fixture(scope="module")
def centred(suite, tmp_path_factory):
    """Return the folder of a run whose extractor is fitted to samples of which some have no features."""
    folder = tmp_path_factory.mktemp("centred")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(folder / "store"))
        path = suite(
            folder, metrics=["sum-gap", "sizes"], extractor="centred", generators={"fair": 1, "poor": 6}
        )
        return genbench.run(path, output=folder / "out", plugins=[PLUGIN], jobs=1).folder


def test_a_fitted_extractor_leaves_out_the_same_samples(centred, records):
    for record in read_results(centred).records.values():
        if record.cell.generator != "noise":
            assert record.status == "ok", record.reason
    found = {
        r.cell.generator: r
        for r in read_results(centred).records.values()
        if r.cell.metric == "sizes[centred]"
    }
    assert found["poor"].valid == records["poor", "sizes"].valid
    assert found["poor"].extra == records["poor", "sizes"].extra


def test_samples_are_scored_without_those_that_have_no_features(tmp_path, fresh_store):
    real = Samples.of("text", ["1+2", "3", "4+"], [2, 1, 2])
    fake = Samples.of("text", ["5+5", "x", "7", "8+1"], [2, 3, 1, 2])
    metrics = ["sum-gap", "aligned", "of-labels", "whole", "choosy"]
    found = genbench.score(fake=fake, real=real, metrics=metrics, plugins=[PLUGIN])
    assert found["sum-gap"].value == pytest.approx(26 / 3 - 3)
    assert found["sum-gap"].valid == {"real": ValidCount(n=2, of=3), "fake": ValidCount(n=3, of=4)}
    assert (found["sum-gap"].n, found["sum-gap"].n_real) == (4, 3)
    assert (found["aligned"].value, found["of-labels"].value, found["whole"].value) == (1.0, 3.0, 4.0)
    assert found["whole"].valid == {}
    assert found["choosy"].reason == "needs at least 39 samples on each side; fake has 4"
    assert not any("features" in text for one in found.values() for text in one.cautions)
    hopeless = genbench.score(
        fake=Samples.of("text", ["x" * 41, "y"]), real=real, metrics=["sum-gap"], plugins=[PLUGIN]
    )
    assert hopeless["sum-gap"].status == "skipped"
    assert hopeless["sum-gap"].valid["fake"] == ValidCount(n=0, of=2)
    said = f"no sample of fake has features; the first is '{'x' * 39}…': check the file and its column"
    assert said in hopeless["sum-gap"].cautions


def test_features_of_files_keep_their_mask_in_the_store(tmp_path, fresh_store):
    for name, lines in (("real", "1+2\n3\n4+\n"), ("fake", "5+5\nx\n7\n8+1\n")):
        (tmp_path / f"{name}.txt").write_text(lines)
    asked = {
        "fake": tmp_path / "fake.txt",
        "real": tmp_path / "real.txt",
        "metrics": ["sum-gap"],
        "plugins": [PLUGIN],
    }
    first, second = (genbench.score(**asked)["sum-gap"] for _ in range(2))
    assert first == second
    assert second.valid == {"real": ValidCount(n=2, of=3), "fake": ValidCount(n=3, of=4)}
    assert len(list(Store(fresh_store).root.rglob("valid_rows.npy"))) == 2
