"""The bundled suite of texts on real sentences and on a known world: whether its board makes sense."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import genbench

TURN = [pytest.mark.full, pytest.mark.day(1, of=4)]  # the training of one suite a day
PUBLISHED = Path(__file__).parents[1] / "results" / "published" / "text"
MODELS = ("markov-1", "markov", "hmm", "lstm", "transformer")
SENTENCES = "moby-dick"
DATASETS = (SENTENCES, "grammar-world")

LOOPS = f"""
name = "loops"
seeds = [0]
n = 200
dataset = [{{use = "{SENTENCES}"}}]
generator = [{{use = "markov"}}, {{use = "samples", name = "loops", path = "loops.txt"}}]
metric = [{{use = "seq-rep-n"}}]
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return the store of the models that are trained here."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module", params=["published", pytest.param("trained", marks=TURN)])
def board(request, tmp_path_factory, store):
    """Return the folder of the board that is published, of three seeds, or of one that is trained here."""
    if request.param == "published":
        return PUBLISHED
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(store))
        run = genbench.run("text", output=tmp_path_factory.mktemp("out"), seeds=[0], jobs=2)
    assert run.is_complete
    assert {notice for record in run.results.records.values() for notice in record.notices} == set()
    return run.folder


def scores(folder):
    return pd.read_csv(folder / "scores.csv")


def values(folder, dataset, metric):
    frame = pd.read_csv(folder / "leaderboard.csv")
    return frame[frame["dataset"] == dataset].set_index("generator")[metric]


def test_cells_have_values_but_for_likelihoods_of_controls_and_the_unknown_law(board):
    found = scores(board)
    lacking = found[found["status"] != "ok"]
    assert set(lacking["status"]) == {"skipped"}
    unknown = (lacking["metric"] == "kl-to-truth") & (lacking["dataset"] == SENTENCES)
    assert not set(lacking[~unknown]["generator"]) & set(MODELS)
    assert unknown.sum() == found["seed"].nunique() * (len(MODELS) + 3)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_transformer_beats_the_first_order_chain(board, dataset):
    found = scores(board)
    bits = found[(found["metric"] == "bits-per-byte") & (found["dataset"] == dataset)]
    bits = bits.pivot_table(index="seed", columns="generator", values="value")
    assert (bits["transformer"] < bits["markov-1"]).all()


def test_no_model_is_likelier_than_the_truth_by_more_than_three_standard_errors(board):
    found = scores(board)
    gaps = found[(found["metric"] == "kl-to-truth") & (found["status"] == "ok")]
    assert len(gaps) == found["seed"].nunique() * len(MODELS)
    assert (gaps["value"] > -3 * (gaps["value"] - gaps["low"]) / 1.96).all()


@pytest.mark.parametrize("dataset", DATASETS)
def test_copies_of_train_are_caught(board, dataset):
    novelty, share = values(board, dataset, "novelty-n"), values(board, dataset, "verbatim-share")
    assert novelty["train-copies"] == 0
    assert novelty.drop("train-copies").min() > 0
    assert share["train-copies"] > 0.8
    assert share.drop("train-copies").max() < 0.1


@pytest.mark.slow
def test_a_generator_that_loops_is_caught(tmp_path, monkeypatch):
    (tmp_path / "loops.toml").write_text(LOOPS)
    (tmp_path / "loops.txt").write_text(
        "".join(f"{' '.join(['the name', str(number)] * 8)}.\n" for number in range(200))
    )
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    run = genbench.run(tmp_path / "loops.toml", output=tmp_path / "out")
    repeated = values(run.folder, SENTENCES, "seq-rep-n")
    assert repeated["loops"] > 0.7
    assert repeated.drop("loops").max() < 0.01


@pytest.mark.full
def test_the_published_board_is_whole_and_its_scores_are_reproduced(reproduced, store, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(store))  # with the models of the first seed
    reproduced(PUBLISHED)
