"""Metrics on likelihoods in a run."""

from __future__ import annotations

from pathlib import Path

import pytest

import genbench

MODELS = Path(__file__).parents[2] / "toy_plugins" / "likelihoods_plugin.py"

SUITE = """
name = "likelihoods"
seeds = [0]
n = 60
dataset = [{use = "grammar-world", n = 400}]
generator = [
    {use = "markov"},
    {use = "hmm", states = 2, iterations = 2},
    {use = "broken"},
    {use = "positive"},
    {use = "impossible"},
]
metric = [
    {use = "perplexity"},
    {use = "word-perplexity"},
    {use = "kl-to-truth"},
    {use = "generative-perplexity", extractor = "markov-oracle"},
]
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "suite.toml").write_text(SUITE)
    run = genbench.run(folder / "suite.toml", output=folder / "out", plugins=[MODELS], jobs=1)
    return run.scores().set_index(["generator", "metric"])


@pytest.mark.slow
def test_models_with_likelihoods_have_all_numbers_and_intervals(scores):
    for generator in ("markov", "hmm"):
        found = scores.loc[generator]
        assert set(found["status"]) == {"ok"}
        assert len(found.index.unique("metric")) == 6
        assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()


@pytest.mark.parametrize(
    ("generator", "status", "reason"),
    [
        ("noise", "skipped", "the sampler of genbench:noise gives no log_likelihood"),
        ("broken", "invalid", "the sampler's log_likelihood of text 60 of 60 is nan"),
        ("positive", "invalid", "the sampler's log_likelihood of text 60 of 60 is 3"),
        ("impossible", "invalid", "text 60 of 60 is -inf, as of 1 in all: its perplexity would be infinite"),
    ],
)
@pytest.mark.parametrize("metric", ["bits-per-byte", "word-perplexity", "kl-to-truth"])
def test_models_without_likelihoods_have_a_status_and_a_reason(scores, metric, generator, status, reason):
    found = scores.loc[generator, metric]
    assert found["status"] == status
    assert reason in found["reason"]


def test_samples_alone_are_enough_for_the_oracle(scores):
    found = scores["value"].xs("generative-perplexity[markov-oracle]", level="metric")
    assert found["held-out"] < found["markov"] < found["hmm"] < found["noise"] / 2
