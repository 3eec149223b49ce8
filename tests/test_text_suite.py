"""The bundled suite of texts on real sentences and on a known world: whether its board makes sense."""

from __future__ import annotations

import pytest

import genbench

MODELS = ("markov-1", "markov", "hmm", "lstm", "transformer")
DATASETS = ("python-reference", "grammar-world")

LOOPS = """
name = "loops"
seeds = [0]
n = 200

[[dataset]]
use = "python-reference"

[[generator]]
use = "markov"

[[generator]]
use = "samples"
name = "loops"
path = "loops.txt"

[[metric]]
use = "seq-rep-n"
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))
        return genbench.run("text", output=tmp_path_factory.mktemp("out"), jobs=2)


def values(run, dataset, metric):
    frame = run.leaderboard()
    return frame[frame["dataset"] == dataset].set_index("generator")[metric]


@pytest.mark.slow
def test_cells_have_values_but_for_likelihoods_of_controls_and_the_unknown_law(board):
    assert board.is_complete
    assert {notice for record in board.results.records.values() for notice in record.notices} == set()
    scores = board.scores()
    lacking = scores[scores["status"] != "ok"]
    assert set(lacking["status"]) == {"skipped"}
    unknown = (lacking["metric"] == "kl-to-truth") & (lacking["dataset"] == "python-reference")
    assert not set(lacking[~unknown]["generator"]) & set(MODELS)
    assert unknown.sum() == 3 * (len(MODELS) + 3)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_transformer_beats_the_first_order_chain(board, dataset):
    scores = board.scores()
    bits = scores[(scores["metric"] == "bits-per-byte") & (scores["dataset"] == dataset)]
    bits = bits.pivot_table(index="seed", columns="generator", values="value")
    assert (bits["transformer"] < bits["markov-1"]).all()


@pytest.mark.slow
def test_no_model_is_likelier_than_the_truth_by_more_than_three_standard_errors(board):
    scores = board.scores()
    gaps = scores[(scores["metric"] == "kl-to-truth") & (scores["status"] == "ok")]
    assert len(gaps) == 3 * len(MODELS)
    assert (gaps["value"] > -3 * (gaps["value"] - gaps["low"]) / 1.96).all()


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS)
def test_copies_of_train_are_caught(board, dataset):
    novelty, share = values(board, dataset, "novelty-n"), values(board, dataset, "verbatim-share")
    assert novelty["train-copies"] == 0
    assert novelty.drop("train-copies").min() > 0
    assert share["train-copies"] > 0.8
    assert share.drop("train-copies").max() < 0.1


def test_a_generator_that_loops_is_caught(tmp_path, monkeypatch):
    (tmp_path / "loops.toml").write_text(LOOPS)
    (tmp_path / "loops.txt").write_text(
        "".join(f"{' '.join(['the name', str(number)] * 8)}.\n" for number in range(200))
    )
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    run = genbench.run(tmp_path / "loops.toml", output=tmp_path / "out")
    repeated = values(run, "python-reference", "seq-rep-n")
    assert repeated["loops"] > 0.7
    assert repeated.drop("loops").max() < 0.01
