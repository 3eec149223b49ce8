"""The comparison of an extractor with itself in another process."""

from __future__ import annotations

import os

import numpy as np
import pytest

from genbench import DataError, score

SOURCE = """
import os
import numpy as np
from genbench import ExtractorSpec, hookimpl

{top}

def make():
    weights = {weights}
    {line}
    return lambda samples: {{"features": samples.data @ weights}}

def fitted(train):
    return make()

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make={make}, outputs={{"features": "x"}})]
"""
STABLE = "np.random.default_rng(7).normal(size=(3, 2))"
OTHERS = {
    "a stream of its own": "np.random.default_rng().normal(size=(3, 2))",
    "the import": "IMPORTED",
    "hashes": "np.random.default_rng(abs(hash('a'))).normal(size=(3, 2))",
}
OTHER = "save_stats: projecting:projection: gives other features of the same samples in another process"


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Return a function that saves statistics by an extractor of a plugin file."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    rng = np.random.default_rng(0)
    asked = {name: rng.normal(size=(40, 3)) for name in ("fake", "real", "train")}
    plugin, path = tmp_path / "projecting.py", tmp_path / "stats.npz"

    def save(weights, *, make="make", line=""):
        top = "IMPORTED = np.random.default_rng().normal(size=(3, 2))"
        plugin.write_text(SOURCE.format(top=top, weights=weights, make=make, line=line))
        (found,) = score(**asked, metrics="fid[projection]", plugins=[plugin], save_stats=path).values()
        assert found.status == "ok"
        return path

    return save


@pytest.mark.parametrize("weights", OTHERS.values(), ids=OTHERS)
def test_no_statistics_are_saved_by_an_extractor_that_another_process_has_otherwise(saved, tmp_path, weights):
    with pytest.raises(DataError, match=OTHER):
        saved(weights)
    assert not (tmp_path / "stats.npz").exists()


@pytest.mark.parametrize("make", ["make", "fitted"])
def test_statistics_are_saved_by_one_that_every_process_has_or_that_is_fitted(saved, make):
    assert saved(STABLE, make=make).exists()


def test_an_extractor_that_ends_the_other_process_is_named(saved):
    line = f"os.getpid() == {os.getpid()} or os._exit(7)"
    with pytest.raises(DataError, match="save_stats: projection: the other process ended with exit status 7"):
        saved(STABLE, line=line)


def test_an_extractor_that_fails_there_says_why(saved):
    line = f"assert os.getpid() == {os.getpid()}, 'not here'"
    with pytest.raises(DataError, match="save_stats: projecting:projection: AssertionError: not here"):
        saved(STABLE, line=line)
