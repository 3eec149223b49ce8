"""The two sample packages, installed beside genbench as a stranger's are, in a real run."""

from __future__ import annotations

from importlib import metadata

import pytest

import genbench

SUITE = """
name = "strangers"
seeds = [0, 1]
n = 60
dataset = [{use = "digits"}]
generator = [{use = "checkerboard"}]
metric = [{use = "genbench-mean-gap:mean-gap"}]
"""


def is_installed(name):
    return any(distribution.name == name for distribution in metadata.distributions())


@pytest.mark.skipif(
    not (is_installed("genbench-checkerboard") and is_installed("genbench-mean-gap")),
    reason="the sample packages are not installed; tox installs them",
)
def test_strangers_stand_on_the_board_with_their_own_names(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    path = tmp_path / "strangers.toml"
    path.write_text(SUITE)
    run = genbench.run(path, output=tmp_path / "out", jobs=1)
    board = run.leaderboard().set_index("generator")
    assert run.is_complete
    assert board.loc["checkerboard", "plugin"] == "genbench-checkerboard 1.0.0"
    assert board.loc["checkerboard", "mean-gap"] > board.loc["held-out", "mean-gap"]
