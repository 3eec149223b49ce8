"""What the metrics of the law say of themselves."""

from __future__ import annotations

import json
from pathlib import Path

import genbench_points
import pytest

import genbench

SUITE = """
name = "law"
seeds = [0]
n = 60
dataset = [{ use = "shapes-world", points = 32, n = 240 }]
generator = [{ use = "point-gaussian" }]
metric = [{ use = "shape-law" }]
controls = ["held-out", "noise", "train-copies"]
"""


@pytest.mark.slow
def test_held_out_clouds_follow_the_law_and_gaussians_are_no_shapes(tmp_path, fresh_store):
    (tmp_path / "law.toml").write_text(SUITE)
    scores = genbench.run(tmp_path / "law.toml", output=tmp_path / "out", jobs=1).scores()
    assert set(scores["status"]) == {"ok"}
    board = scores.pivot_table(index="generator", columns="metric", values="value")
    for real in ("held-out", "train-copies"):
        assert board.loc[real, "shape-misfit"] == 0
        assert board.loc[real, "shape-shares"] < 0.1
        assert board.loc[real, "shape-coverage"] > 0.6
        assert board.loc[real, "shape-sizes"] < 0.15
    for poor in ("noise", "point-gaussian"):
        assert board.loc[poor, "shape-misfit"] > 0.05
        assert board.loc[poor, "shape-shares"] > 0.9
        assert board.loc[poor, "shape-coverage"] < 0.1


def test_the_card_says_what_the_metric_sees():
    path = Path(genbench_points.__file__).parent / "cards" / "shape-law.json"
    cards = {card["metric"]: card for card in json.loads(path.read_text(encoding="utf-8"))}
    assert list(cards) == ["shape-misfit", "shape-shares", "shape-coverage", "shape-sizes"]
    for card in cards.values():
        assert (card["dataset"], card["version"]) == ("shapes-world", "1")
        verdicts = {(row["fault"], row["verdict"]) for row in card["rows"]}
        assert not [fault for fault, verdict in verdicts if verdict == "wrong"]
        assert {("noise", "right"), ("dropped-part", "known")} <= verdicts
    assert ("dropped-modes", "known") in {
        (row["fault"], row["verdict"]) for row in cards["shape-misfit"]["rows"]
    }
