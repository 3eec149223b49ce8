"""Seeds that share samples, from finished outputs to the board."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import genbench
from genbench.board.leaderboard import build_board
from genbench.board.warnings import list_board_warnings
from genbench.results.results import read_results

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
TEXT = """
name = "finished"
seeds = [0, 1, 2]
n = 20
controls = false
dataset = [{ use = "cloud" }]
generator = [
    { use = "samples", name = "few", path = "few.npz" },
    { use = "samples", name = "many", path = "many.npz" },
]
metric = [{ use = "gap" }]
"""


@pytest.mark.slow
@pytest.mark.usefixtures("warm_server", "fresh_store")
def test_finished_outputs_that_are_too_few_show_no_spread(tmp_path):
    rng = np.random.default_rng(0)
    for name, outputs in (("few", 22), ("many", 2000)):
        np.savez(tmp_path / f"{name}.npz", features=rng.normal(size=(outputs, 2)).astype(np.float32))
    (tmp_path / "finished.toml").write_text(TEXT)
    genbench.run(tmp_path / "finished.toml", output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    found = read_results(tmp_path / "out")
    board = build_board(found.plan, found.records)
    assert {row.generator: row.same_samples for row in board.rows} == {"few": True, "many": False}
    (caution,) = list_board_warnings(board)
    assert caution.startswith("cloud: seeds that share samples, so no range of ranks")
    assert caution.endswith(": few")
