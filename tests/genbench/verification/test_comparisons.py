"""Verification of comparisons: they are computed again from the samples of all trials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import genbench

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "rivals_plugin.py"
TEXT = """
name = "rivals"
seeds = [0, 1]
n = 20
controls = false
dataset = [{use = "cloud"}]
generator = [{use = "constant"}, {use = "constant", name = "rival", at = 1.0}]
metric = [{use = "mean-rank"}, {use = "half-mean"}]
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Return the folder of a run of comparisons that kept its samples."""
    home = tmp_path_factory.mktemp("compared")
    (home / "rivals.toml").write_text(TEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(home / "store"))
        genbench.run(home / "rivals.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out"


def outcomes(folder):
    found = genbench.verify(folder, plugins=[PLUGIN], jobs=1)
    return {(each.cell.generator, each.cell.metric): each.outcome for each in found.stored}, found


def test_an_honest_run_is_confirmed(compared, fresh_store):
    found, verification = outcomes(compared)
    assert set(found.values()) == {"reproduced"}
    assert len(found) == 4
    assert verification.is_confirmed


def test_a_forged_value_differs(compared, forged):
    def better(record):
        return replace(record, value=9.0) if record.cell.metric == "mean-rank" else record

    found, verification = outcomes(forged(record=better, of=compared))
    assert found["rival", "mean-rank"] == "different"
    assert found["rival", "half-mean"] == "reproduced"
    assert not verification.is_confirmed


def test_a_cell_that_was_left_out_is_missed(compared, forged):
    def without(cell):
        return None if (cell.generator, cell.metric) == ("rival", "mean-rank") else cell

    found, verification = outcomes(forged(cell=without, of=compared))
    assert found["rival", "mean-rank"] == "different"
    assert not verification.is_confirmed


def test_without_the_samples_of_one_rival_nothing_is_verified(compared, forged):
    folder = forged(of=compared)
    for kept in sorted((folder / "samples").glob("cloud.rival.0.*")):
        for file in sorted(kept.rglob("*"), reverse=True):
            file.unlink()
        kept.rmdir()
    found, verification = outcomes(folder)
    assert set(found.values()) == {"unverifiable"}
    assert "the samples of cloud rival seed 0 are not here" in {each.reason for each in verification.stored}
