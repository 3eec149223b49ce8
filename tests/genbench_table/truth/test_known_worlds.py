from __future__ import annotations

import json
from pathlib import Path

import genbench_table
import pytest
from genbench_table.truth import SPECS

import genbench

SUITE = """
name = "worlds"
seeds = [0]
n = 40
dataset = [{ use = "table-world", n = 400 }, { use = "table-sklearn" }]
generator = [{ use = "noise" }]
metric = [{ use = "marginal-kl-to-truth" }, { use = "pair-kl-to-truth" }]
controls = ["held-out"]
"""


@pytest.mark.slow
def test_held_out_rows_are_near_the_truth_and_noise_is_far(tmp_path, fresh_store):
    (tmp_path / "worlds.toml").write_text(SUITE)
    scores = genbench.run(tmp_path / "worlds.toml", output=tmp_path / "out", jobs=1).scores()
    known = scores[scores["dataset"] == "table-world"].set_index(["generator", "metric"])["value"]
    for metric in ("marginal-kl-to-truth", "pair-kl-to-truth"):
        assert known["noise", metric] > 0.2
        assert abs(known["held-out", metric]) < 0.1
    others = scores[scores["dataset"] == "table-sklearn"]
    assert set(others["status"]) == {"skipped"}
    assert others["reason"].str.contains("the law of this dataset is unknown").all()


@pytest.mark.parametrize("name", [spec.name for spec in SPECS])
def test_the_card_says_what_the_metric_sees(name):
    path = Path(genbench_table.__file__).parent / "cards" / f"{name}.json"
    (card,) = json.loads(path.read_text(encoding="utf-8"))
    assert (card["metric"], card["dataset"], card["version"]) == (name, "table-world", "1")
    verdicts = {(row["fault"], row["verdict"]) for row in card["rows"]}
    assert not [fault for fault, verdict in verdicts if verdict == "wrong"]
    assert ("noise", "right") in verdicts
    blind = "known" if name == "marginal-kl-to-truth" else "right"
    assert ("shuffled-columns", blind) in verdicts
