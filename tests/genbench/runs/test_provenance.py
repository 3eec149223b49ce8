from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from toys import make_catalog, make_specs

import genbench
from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, ResultsError, Samples
from genbench.core.canonical_json import canonical, digest
from genbench.core.samples import content_hash
from genbench.files.sample_files import read_samples, write_samples
from genbench.results.records import Record
from genbench.runs.kept_samples import find_kept_samples, keep_samples
from genbench.runs.prepare import Order, PreparedRun
from genbench.runs.provenance import describe
from genbench.store.keys import Settings
from genbench.suite.file import read_entry, read_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.context import TrialContext
from genbench.trial.datasets import find_prepared, prepare
from genbench.trial.plan import plan_trials

SUITE = """
name = "small"
seeds = [0, 1]
n = 10
dataset = [{use = "dots", path = "data"}]
generator = [{use = "normal"}]
metric = [{use = "fid"}, {use = "fid", extractor = {use = "looks", scale = 2.0}}, {use = "gap"}]
"""


def dots(*, path: Path):
    x = np.load(path / "x.npy")
    return Data(Samples.of("vector", x), labels=np.arange(len(x)) % 2)


class Sampler:
    def sample(self, n, *, rng):
        return Samples.of("vector", rng.normal(size=(n, 2)))


def normal(train):
    return Sampler()


def sized(train, *, path: Path, size: int = 1):
    return Sampler()


def looks(*, scale: float = 1.0):
    def extract(samples):
        first = (samples.data[:, :1] > 0).astype(float)
        return {"features": samples.data * scale, "probabilities": np.hstack([first, 1 - first])}

    return extract


def distance(real, fake): ...


USES = {"scale=2.0": ("pytest",), "scale=3.0": ("hypothesis",)}
OUTPUTS = {"features": "x", "probabilities": "p"}
CATALOG = make_catalog(
    DatasetSpec(name="dots", make=dots),
    *make_specs(GeneratorSpec, normal, sized),
    ExtractorSpec(name="looks", make=looks, outputs=OUTPUTS, uses=USES),
    MetricSpec(name="fid", make=distance, takes="features", extractor="looks"),
    MetricSpec(name="gap", make=distance, needs={"pluggy": "pluggy"}),
    MetricSpec(name="unused", make=distance, needs={"click": "click"}),
)


@pytest.fixture
def ready(tmp_path, store, modalities):
    """Return a suite that is ready to run, on data in a folder."""
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "x.npy", np.random.Generator(np.random.PCG64(1)).normal(size=(60, 2)))
    (tmp_path / "small.toml").write_text(SUITE)
    suite = read_suite(tmp_path / "small.toml")
    resolved = resolve_suite(suite, CATALOG)
    prepare(resolved.datasets[0], store, modalities)
    datasets = (find_prepared(resolved.datasets[0], store, modalities),)
    trials = plan_trials(suite, resolved, datasets, Settings(threads=1, device="cpu"))
    folder = tmp_path / "out"
    return PreparedRun(
        suite=suite, resolved=resolved, datasets=datasets, trials=trials, folder=folder, executor=None
    )


def order(ready):
    return Order(suite=ready.suite.folder / "small.toml", jobs=3, threads=2)


def test_provenance_says_what_decided_the_numbers(ready, store):
    found = describe(ready, order(ready), store)
    assert (found["name"], found["suite"], found["seeds"], found["n"]) == ("small", SUITE, [0, 1], 10)
    assert found["plugins"] == {"maker": "0"}
    assert found["machine"]["threads"] == 2
    assert found["libraries"]["genbench"] == genbench.__version__
    assert found["libraries"]["pluggy"] == metadata.version("pluggy")
    assert found["libraries"]["pytest"] == metadata.version("pytest")
    assert not {"click", "hypothesis"} & set(found["libraries"])
    assert [entry["name"] for entry in found["generators"]] == [
        part.name for part in ready.resolved.generators
    ]
    dataset = found["datasets"]["dots"]
    assert dataset["hash"] == ready.datasets[0].hash
    assert dataset["sizes"] == {"train": 20, "test": 20, "held_out": 20}
    assert dataset["space"] == {"kind": "vector", "shape": (2,)}


def test_provenance_holds_no_path_no_time_and_no_number_of_jobs(ready, store, tmp_path):
    found = describe(ready, order(ready), store)
    text = canonical(found)
    assert str(tmp_path) not in text
    assert str(Path.home()) + "/" not in text
    assert set(found["datasets"]["dots"]["options"]["path"]) == {"sha256"}
    assert text == canonical(describe(ready, order(ready), store))
    other = Order(suite="elsewhere", jobs=1, threads=2, output=tmp_path / "there")
    assert text == canonical(describe(ready, other, store))


def test_generators_in_place_of_the_suites_are_kept_as_given_but_for_whole_paths(ready, store, tmp_path):
    given = [{"use": "sized", "name": "here", "path": str(tmp_path / "data" / "x.npy"), "size": 2},
             {"use": "sized", "path": "data/x.npy"},
             {"use": "sized", "name": "there", "path": Path("data/x.npy")}]  # fmt: skip
    there = {"path": str(tmp_path / "data" / "x.npy")}
    entries = [read_entry("given", entry | there, ready.suite.limits) for entry in given]
    resolved = resolve_suite(ready.suite, CATALOG, entries)
    found = describe(replace(ready, resolved=resolved), replace(order(ready), generators=given), store)
    assert found["instead"] == [
        {"use": "sized", "name": "here", "path": "x.npy", "size": 2}, {"use": "sized", "path": "data/x.npy"},
        {"use": "sized", "name": "there", "path": "data/x.npy"},
    ]  # fmt: skip
    assert describe(ready, order(ready), store)["instead"] == []


def test_provenance_can_be_written_as_json(ready, store):
    found = describe(ready, order(ready), store)
    assert json.loads(canonical(found))["suite"] == SUITE


def test_each_extractor_is_described_once_with_its_accuracy(ready, store):
    before = describe(ready, order(ready), store)["extractors"]
    assert [(item["name"], item["options"], item["accuracy"]) for item in before] == [
        ("looks", {"scale": 1.0}, None), ("looks", {"scale": 2.0}, None),
    ]  # fmt: skip
    context = TrialContext(ready.trials[0], store, lambda **event: None)
    context.features(ready.resolved.groups[0].extractor, "real")
    real = context.split("real")
    expected = float(((real.data[:, 0] <= 0) == real.labels).mean())
    after = describe(ready, order(ready), store)["extractors"]
    assert [item["accuracy"] for item in after] == [expected, None]
    assert after[0]["component"] == "maker:looks"
    assert after[0]["dataset"] == "dots"


def test_a_suite_without_trials_has_provenance_too(ready, store):
    empty = replace(ready, datasets=(), trials=())
    assert describe(empty, order(ready), store)["extractors"] == []


def kept(folder):
    return sorted(path.name for path in (folder / "samples").iterdir())


def test_samples_are_kept_beside_the_records_under_names_and_key(ready, store):
    (first, second) = ready.trials
    samples = TrialContext(first, store, lambda **event: None).samples
    (ready.folder / "samples").mkdir(parents=True)
    keep_samples(ready.folder, ready.trials, {}, store)
    named = f"{first.dataset.part.name}.{first.generator.name}.{first.seed}."
    assert kept(ready.folder) == [named + digest(dict(first.sample_key))[:12]]
    copy = read_samples(ready.folder / "samples" / kept(ready.folder)[0])
    assert content_hash(copy) == content_hash(samples)
    _ = TrialContext(second, store, lambda **event: None).samples
    keep_samples(ready.folder, ready.trials, {}, store)
    assert len(kept(ready.folder)) == 2


def scored(trial, samples):
    """Return a record of a trial's first cell with this hash of the samples."""
    cell = trial.cells[0]
    return {cell.key: Record(cell=cell, status="ok", value=1.0, samples=samples)}


def kept_trial(ready, store):
    """Return the first trial, its records, and the folder in which its samples are kept."""
    trial = ready.trials[0]
    context = TrialContext(trial, store, lambda **event: None)
    _ = context.samples
    ready.folder.mkdir()
    records = scored(trial, context.samples_hash)
    keep_samples(ready.folder, [trial], records, store)
    (folder,) = (ready.folder / "samples").iterdir()
    return trial, records, folder


def test_samples_of_another_draw_than_that_of_the_records_are_not_kept(ready, store):
    """The store may have drawn again since, of a generator that is trained on a GPU."""
    first, second = ready.trials
    context = TrialContext(first, store, lambda **event: None)
    _ = context.samples
    records = scored(first, "f" * 64) | scored(second, "f" * 64)
    ready.folder.mkdir()
    assert keep_samples(ready.folder, ready.trials, records, store) == {
        first.name: "in the store are not those of its records", second.name: "are no longer in the store",
    }  # fmt: skip
    assert not (ready.folder / "samples").exists()
    assert keep_samples(ready.folder, ready.trials, scored(first, context.samples_hash), store) == {}
    assert len(kept(ready.folder)) == 1


def test_kept_samples_of_another_draw_are_replaced_by_those_of_the_records(ready, store):
    trial, records, folder = kept_trial(ready, store)
    data = (folder / "data.npy").read_bytes()
    (folder / "data.npy").write_bytes(data[:-1] + b"x")
    assert keep_samples(ready.folder, [trial], records, store) == {}
    assert (folder / "data.npy").read_bytes() == data
    before = folder.stat().st_ino
    keep_samples(ready.folder, [trial], records, store)
    assert folder.stat().st_ino == before


@pytest.mark.parametrize(
    ("is_stored", "reason"),
    [(True, "in the store are not those of its records"), (False, "are no longer in the store")],
)
def test_kept_samples_of_another_draw_are_removed_if_the_store_lacks_those_of_the_records(
    ready, store, is_stored, reason
):
    """Only their content tells: a trial that is drawn again has the same key."""
    trial, right, folder = kept_trial(ready, store)
    aside = shutil.copytree(folder, ready.folder / "aside")
    if not is_stored:
        shutil.rmtree(store.get(trial.sample_key).folder)
    for same in (right, {}):
        assert keep_samples(ready.folder, [trial], same, store) == {}
        assert kept(ready.folder) == [folder.name]
    assert keep_samples(ready.folder, [trial], scored(trial, "f" * 64), store) == {trial.name: reason}
    assert kept(ready.folder) == []
    if not is_stored:
        aside.rename(folder)
        (folder / "data.npy").write_bytes(b"torn")
        assert keep_samples(ready.folder, [trial], right, store) == {trial.name: reason}
        assert kept(ready.folder) == []


def test_the_kept_samples_of_records_stay_if_the_store_has_another_draw(ready, store):
    trial, _, folder = kept_trial(ready, store)
    samples = read_samples(folder)
    earlier = Samples(samples.data + 1, samples.space, samples.labels)
    shutil.rmtree(folder)
    folder.mkdir()
    write_samples(folder, earlier)
    assert keep_samples(ready.folder, [trial], scored(trial, content_hash(earlier)), store) == {}
    assert content_hash(read_samples(folder)) == content_hash(earlier)


def test_the_folder_of_samples_is_made(ready, store):
    _ = TrialContext(ready.trials[0], store, lambda **event: None).samples
    ready.folder.mkdir()
    keep_samples(ready.folder, ready.trials, {}, store)
    assert len(kept(ready.folder)) == 1


def test_kept_samples_are_those_of_the_key_or_else_of_the_content(ready, store):
    first = ready.trials[0]
    content = content_hash(TrialContext(first, store, lambda **event: None).samples)
    ready.folder.mkdir()
    assert find_kept_samples(ready.folder, first, content) is None
    keep_samples(ready.folder, ready.trials, {}, store)
    (own,) = (ready.folder / "samples").iterdir()
    assert find_kept_samples(ready.folder, first, "of another content") == own
    earlier = own.rename(own.with_suffix(".0123456789ab"))
    assert find_kept_samples(ready.folder, first, content) == earlier
    assert find_kept_samples(ready.folder, first, "of another content") is None
    (earlier / "data.npy").write_bytes(b"torn")
    assert [find_kept_samples(ready.folder, first, each) for each in (content, "")] == [None, None]


def test_kept_samples_are_on_disk_before_they_get_their_name(ready, store, monkeypatch):
    """They are evidence: after a power failure, a folder of empty files would look like forged samples."""
    flushed = set()
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.add(os.fstat(handle).st_ino))
    _, _, folder = kept_trial(ready, store)
    assert flushed >= {path.stat().st_ino for path in (*folder.iterdir(), folder, folder.parent)}


def test_samples_that_cannot_be_kept_are_a_results_error(ready, store, monkeypatch):
    _ = TrialContext(ready.trials[0], store, lambda **event: None).samples
    ready.folder.mkdir()
    (ready.folder / "samples").write_text("in the way")
    with pytest.raises(ResultsError, match=f"{ready.folder} cannot be written: "):
        keep_samples(ready.folder, ready.trials, {}, store)
    (ready.folder / "samples").unlink()

    def full(*arguments, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(ResultsError, match="No space left on device"):
        keep_samples(ready.folder, ready.trials, {}, store)
