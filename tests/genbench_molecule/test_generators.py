"""The models of texts learn sequences and molecules by their characters."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences.kmer_world import kmer_world
from genbench_text.chains.hmm import hmm
from genbench_text.chains.markov import load_markov, markov
from genbench_text.likelihood.kl_to_truth import kl_to_truth
from genbench_text.neural.lstm import lstm
from genbench_text.neural.transformer import transformer

import genbench
from genbench import Samples, checked_samples

MODELS = (
    markov,
    hmm,
    pytest.param(lstm, marks=pytest.mark.slow),  # they import torch
    pytest.param(transformer, marks=pytest.mark.slow),
)


def ignore(*_, **__):
    """Receive what a training logs."""


def fitted(model, train):
    rng = np.random.default_rng(0)
    if model is markov:
        return markov(train, order=2)
    if model is hmm:
        return hmm(train, states=4, iterations=3, rng=rng, log=ignore)
    return model(train, steps=3, rng=rng, log=ignore)


@pytest.fixture(scope="module")
def world():
    return kmer_world(n=2000)


@pytest.fixture(scope="module")
def splits(world):
    return {name: world.samples.take(index) for name, index in world.splits.items()}


MOLECULES = Samples.of("molecule", ["CCO", "CC(C)O", "c1ccccc1", "CCN"] * 10, notation="smiles", longest=12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", ["sequence", "molecule"])
def test_samples_are_of_the_space_of_train(model, kind, splits):
    train = splits["train"].take(slice(0, 200)) if kind == "sequence" else MOLECULES
    found = checked_samples(fitted(model, train).sample(20, rng=np.random.default_rng(1)))
    assert found.space == train.space
    assert set("".join(found.data)) <= set("".join(train.data))
    assert max(map(len, found.data)) <= train.space.get("longest")


@pytest.mark.parametrize("model", MODELS)
def test_likelihoods_are_those_of_a_law(model, splits):
    sampler = fitted(model, splits["train"].take(slice(0, 200)))
    test = splits["test"].data[:50]
    nats = sampler.log_likelihood(test)
    assert (nats < 0).all()
    assert sampler.token_counts(test).tolist() == [len(text) + (len(text) < 60) for text in test]


def test_a_chain_that_sees_words_is_nearer_to_their_law(world, splits):
    values = [
        kl_to_truth(markov(splits["train"], order=order), world.truth, splits["test"]).value
        for order in (0, 1, 2)
    ]
    assert values[0] > values[1] > values[2] > 1  # a chain knows neither family nor length
    assert kl_to_truth(world.truth, world.truth, splits["test"]).value == 0


def test_a_saved_chain_keeps_the_alphabet(splits, tmp_path):
    markov(splits["train"].take(slice(0, 100))).save(tmp_path)
    assert load_markov(tmp_path).space.get("alphabet") == "dna"


SUITE = """
name = "sequences"
seeds = [0]
n = 100
dataset = [{ use = "kmer-world", n = 800 }]
generator = [{ use = "markov", order = 2, name = "chain" }, { use = "markov", order = 0, name = "letters" }]
metric = [
    { use = "kmer-jsd" }, { use = "kmer-jsd-to-truth" }, { use = "kl-to-truth" }, { use = "bits-per-byte" },
    { use = "length-ks" }, { use = "gc-distance" }, { use = "nearest-sequence" },
    { use = "fid", extractor = "char-ngrams" },
    { use = "authenticity", extractor = "char-ngrams" },
    { use = "precision-recall", extractor = "char-ngrams" },
]
"""


@pytest.mark.extras("Bio", "rapidfuzz")
@pytest.mark.slow
def test_a_board_of_sequences_ranks_the_chain_before_the_letters(tmp_path, fresh_store):
    (tmp_path / "s.toml").write_text(SUITE, encoding="utf-8")
    run = genbench.run(tmp_path / "s.toml", output=tmp_path / "out", jobs=1)
    scores = run.scores().set_index(["generator", "metric"])["value"]
    for metric in ("kmer-jsd", "kmer-jsd-to-truth", "kl-to-truth", "bits-per-byte", "fid[char-ngrams]"):
        assert scores["chain", metric] < scores["letters", metric], metric
    assert scores["train-copies", "copied-sequences"] == 1
    assert scores["held-out", "copied-sequences"] < 0.1
    assert scores["held-out", "kmer-jsd"] < scores["chain", "kmer-jsd"] < scores["noise", "kmer-jsd"]
