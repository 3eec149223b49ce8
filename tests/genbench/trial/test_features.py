"""Features that several processes compute and share."""

from __future__ import annotations

import time

import numpy as np
import pytest

from genbench import score

SOURCE = """
import numpy as np
from genbench import ExtractorSpec, hookimpl

def make():
    rng = np.random.default_rng()  # not that of the host, so another one in each process
    weights = np.arange(6.0).reshape(3, 2) + {noise} * rng.normal(size=(3, 2))
    return lambda samples: {{"features": samples.data @ weights}}

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make=make, outputs={{"features": "x"}})]
"""


ONE_LARGE = """
import numpy as np
from genbench import ExtractorSpec, hookimpl

def make():
    weights = np.random.default_rng().normal(size=(3, 2))
    def extract(samples):
        small = np.tanh(samples.data @ weights)
        return {"features": np.concatenate([1000 + samples.data[:, :1], small], axis=1)}
    return extract

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make=make, outputs={"features": "x"})]
"""

PER_CALL = """
import numpy as np
from genbench import ExtractorSpec, MetricSpec, Samples, hookimpl

def make(*, rng):
    return lambda samples: {{"features": np.tanh(samples.data @ rng.normal(size=(3, 2)))}}

def fitted(train, *, rng):
    return make(rng=rng)

def change(extract, *, rng):
    samples = Samples.of("vector", rng.normal(size=(9, 3)))
    return float(np.abs(extract(samples).arrays["features"]).mean())

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make={make}, outputs={{"features": "x"}})]

@hookimpl
def genbench_metrics():
    return [MetricSpec(name="change", make=change, takes="features", direction="lower")]
"""

LOADED = """
import numpy as np
from genbench import ExtractorSpec, hookimpl

class Projection:
    def __init__(self):
        self.weights = np.random.default_rng().normal(size=(3, 2))  # not that of the host, and not saved

    def __call__(self, samples):
        return {"features": np.tanh(samples.data @ self.weights)}

    def save(self, folder):
        (folder / "empty").write_bytes(b"")

def fitted(train):
    return Projection()

def load(folder):
    return Projection()

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make=fitted, load=load, outputs={"features": "x"})]
"""
FEW = """
import numpy as np
from genbench import Extracted, ExtractorSpec, hookimpl

def make():
    weights = np.random.default_rng().normal(size=(3, 2))  # not that of the host
    def extract(samples):
        data, valid = samples.data, np.ones(len(samples.data), bool)
        {line}
        return Extracted({{"features": np.tanh(data @ weights)}}, valid)
    return extract

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make=make, outputs={{"features": "x"}})]
"""
LINES = {
    "four at least": "assert len(data) > 3, 'k nearest neighbours of so few'",
    "the first have none": "valid = data[:, 0] > 1",
    "the first are zero": "data = np.where(data[:, :1] > 1, data, 0)",
}
READING = """
import time
from pathlib import Path
import numpy as np
from genbench import ExtractorSpec, hookimpl

FILE = Path({folder!r}) / ("weights" + ".npy")

class Projection:
    def __init__(self, weights=None):
        self.weights = weights

    def __call__(self, samples):
        if self.weights is None:
            self.weights = np.load(FILE)
        return {{"features": samples.data @ self.weights}}

    def save(self, folder):
        (folder / "empty").write_bytes(b"")
        time.sleep(0.03)  # a newer file counts as the component's own

def lazy():
    return Projection()

def fitted(train):
    return Projection(np.eye(3))

def load(folder):
    (folder / "empty").read_bytes()
    return Projection(np.load(FILE))

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make={make}, outputs={{"features": "x"}})]
"""
OTHER = "projecting:projection: gives other features of the same samples"


@pytest.fixture
def scored(site, tmp_path, monkeypatch):
    """Return a function that scores files by features of an extractor that differs from call to call."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    rng = np.random.default_rng(0)
    for name in ("real", "one", "two"):
        np.save(tmp_path / f"{name}.npy", rng.normal(size=(50, 3)))

    def ask(source, metric="fid", **given):
        site.add("projecting", source)
        paths = [tmp_path / f"{name}.npy" for name in ("one", "two", "one")]
        found = [
            score(fake=path, real=tmp_path / "real.npy", metrics=f"{metric}[projection]", **given)
            for path in paths
        ]
        return [each[f"{metric}[projection]"] for each in found]

    return ask


def test_an_extractor_that_is_another_one_in_each_process_is_invalid(scored):
    first, second, again = scored(SOURCE.format(noise=1.0))
    assert first.status == "ok"
    assert second.status == "invalid"
    assert second.reason.startswith(f"{OTHER} in another process")
    assert again == first  # from the store


def test_a_large_feature_does_not_hide_that_the_others_differ(scored):
    assert [each.status for each in scored(ONE_LARGE)] == ["ok", "invalid", "ok"]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_as_many_samples_are_compared_as_it_takes_for_some_to_have_features(scored, line):
    first, second, _ = scored(FEW.format(line=line))
    assert (first.status, second.status) == ("ok", "invalid")
    assert second.reason.startswith(f"{OTHER} in another process")


def test_an_extractor_that_fails_on_all_samples_says_why(scored):
    for found in scored(FEW.format(line="raise ValueError('no features today')")):
        assert (found.status, found.reason) == (
            "error",
            "projecting:projection: ValueError: no features today",
        )


@pytest.mark.parametrize("make", ["make", "fitted"])
@pytest.mark.parametrize("metric", ["fid", "change"])
def test_an_extractor_that_is_another_one_in_each_call_is_invalid(scored, tmp_path, make, metric):
    for found in scored(PER_CALL.format(make=make), metric, train=tmp_path / "real.npy"):
        assert found.status == "invalid"
        assert found.reason.startswith(f"{OTHER} after another call")


def test_a_fitted_extractor_that_load_changes_is_invalid(scored, tmp_path):
    first, second, again = scored(LOADED, train=tmp_path / "real.npy")
    assert (first.status, second.status) == ("ok", "invalid")
    assert second.reason.startswith(f"{OTHER} in another process")
    assert again == first  # from the store


def test_arrays_are_compared_by_the_extractor_whose_features_of_files_are_stored(scored, tmp_path):
    scored(SOURCE.format(noise=1.0))
    fake = np.load(tmp_path / "one.npy")
    found = score(fake=fake, real=tmp_path / "real.npy", metrics="fid[projection]")["fid[projection]"]
    assert found.status == "invalid"
    assert found.reason.startswith(f"{OTHER} in another process")


def test_an_extractor_is_compared_with_another_process_where_there_is_no_real_sample(scored, tmp_path):
    scored(SOURCE.format(noise=1.0))
    statistics = tmp_path / "real.npz"
    np.savez(statistics, mu=np.zeros(2), sigma=np.eye(2))
    np.save(tmp_path / "three.npy", np.random.default_rng(1).normal(size=(50, 3)))
    found = score(fake=tmp_path / "three.npy", real=statistics, metrics="fid[projection]")["fid[projection]"]
    assert found.status == "invalid"
    assert found.reason.startswith(f"{OTHER} in another process")


def test_the_rounding_of_another_machine_is_none(scored):
    assert [each.status for each in scored(SOURCE.format(noise=1e-5))] == ["ok"] * 3


@pytest.mark.parametrize("make", ["lazy", "fitted, load=load"], ids=["at the first call", "in load"])
def test_each_number_notes_a_file_that_its_extractor_opens_late(scored, tmp_path, make):
    np.save(tmp_path / "weights.npy", np.eye(3))
    time.sleep(0.03)  # a newer file counts as the component's own
    for found in scored(READING.format(folder=str(tmp_path), make=make), train=tmp_path / "real.npy"):
        (text,) = (each for each in found.cautions if each.startswith("extractor"))
        assert text.startswith(
            "extractor projecting:projection opened or names weights.npy, whose content is"
        )
