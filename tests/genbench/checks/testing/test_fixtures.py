"""The fixtures, as the tests of a plugin use them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from genbench.checks.testing.fixtures import _toml
from genbench.core.samples import content_hash

MODALITIES = ("image", "text", "sequence", "molecule", "vector", "table", "audio", "points", "video")


def test_the_store_is_the_tests_own(genbench_store, tmp_path):
    assert genbench_store.parent == tmp_path
    assert os.environ["GENBENCH_STORE"] == str(genbench_store)


@pytest.mark.parametrize("modality", MODALITIES)
def test_there_are_small_splits_of_every_modality(genbench_splits, modality):
    splits = genbench_splits(modality, n=30)
    assert list(splits) == ["train", "test", "held_out"]
    assert sum(map(len, splits.values())) == 30
    assert splits["train"].space.modality == modality
    assert content_hash(splits["test"]) == content_hash(genbench_splits(modality, n=30)["test"])
    assert content_hash(splits["test"]) != content_hash(genbench_splits(modality, n=30, seed=1)["test"])


def test_a_suite_runs_with_toy_generators_beside_controls(run_suite, tmp_path):
    run = run_suite(
        {
            "n": 30,
            "dataset": [{"use": "digits"}],
            "generator": [{"use": "toy-resampled"}, {"use": "toy-collapsed"}, {"use": "toy-broken"}],
            "metric": [{"use": "duplicates"}],
        }
    )
    assert run.folder == tmp_path / "results"
    scores = run.scores().set_index("generator")
    assert scores.status.to_dict() == dict.fromkeys(scores.index, "ok") | {"toy-broken": "error"}
    assert scores.value["toy-collapsed"] > 0.9
    assert scores.value["toy-resampled"] < 0.2
    assert "toy-broken cannot draw" in scores.reason["toy-broken"]


def test_a_suite_is_written_as_toml():
    suite = {
        "name": 'a "b"',
        "seeds": [0, 1],
        "x": 1.5,
        "y": True,
        "metric": [{"use": "a", "o-p": {"q": [1]}}],
    }
    assert tomllib.loads(_toml(suite)) == suite


PLAIN = """
import sys

def test_nothing_of_genbench_is_imported_but_its_fixtures():
    loaded = {name for name in sys.modules if name.split(".")[0] == "genbench"}
    rooms = {"genbench.checks", "genbench.checks.testing", "genbench.checks.testing.fixtures"}
    assert loaded <= {"genbench", "genbench._version", *rooms}
    assert "numpy" not in sys.modules
"""


def test_the_fixtures_cost_nothing_in_other_tests(pytester):
    pytester.makepyfile(PLAIN)
    done = pytester.runpytest_subprocess("-q")
    done.assert_outcomes(passed=1)


def test_pytest_finds_the_fixtures_by_itself(pytester):
    pytester.makepyfile("def test_store(genbench_store): assert genbench_store.name == 'genbench-store'")
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_the_toy_generators_are_a_plugin_file(toy_generators):
    assert Path(toy_generators).name == "toys.py"
