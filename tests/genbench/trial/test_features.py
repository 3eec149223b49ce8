"""Features that several processes compute and share."""

from __future__ import annotations

import time

import numpy as np
import pytest
from toys import plugin_text

from genbench import Extracted, score
from genbench.trial.features import FeatureMemory, FoundFeatures
from genbench.trial.global_state import UniqueNotices

FAILING = plugin_text("""
def make():
    def extract(samples):
        raise ValueError("no features today")
    return extract

ExtractorSpec(name="projection", make=make, outputs={"features": "x"})
""")
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


@pytest.fixture
def scored(site, tmp_path, monkeypatch):
    """Return a function that scores files by features of an extractor."""
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


def test_an_extractor_that_fails_on_all_samples_says_why(scored):
    for found in scored(FAILING):
        assert found.status == "error"
        assert found.reason == "projecting:projection: ValueError: no features today"


@pytest.mark.parametrize("make", ["lazy", "fitted, load=load"], ids=["at the first call", "in load"])
def test_each_number_notes_a_file_that_its_extractor_opens_late(scored, tmp_path, make):
    np.save(tmp_path / "weights.npy", np.eye(3))
    time.sleep(0.03)  # a newer file counts as the component's own
    for found in scored(READING.format(folder=str(tmp_path), make=make), train=tmp_path / "real.npy"):
        (text,) = (each for each in found.cautions if each.startswith("extractor"))
        assert text.startswith("extractor projecting:projection opened weights.npy, whose content is")


def test_trimmed_features_are_those_of_the_given_samples():
    found = FoundFeatures(Extracted({"a": np.ones((1, 2))}, np.ones(1, bool)), UniqueNotices())
    kept = FeatureMemory()
    kept.features.update({("real", "x"): found, ("real", "y"): found, ("fake", "x"): found})
    kept.trim({"real", "train"})
    assert set(kept.features) == {("real", "x"), ("real", "y")}
