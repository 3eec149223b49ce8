"""The extractor `markov-oracle`: the likelihoods of the chain of the training texts."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.chains.markov import markov
from genbench_text.chains.markov_oracle import load, markov_oracle

from genbench import Samples, Space

SPACE = Space("text", longest=150)


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_the_oracle_is_the_chain_of_the_training_texts(sentences, unit, tmp_path):
    train = Samples(sentences[:300], SPACE)
    oracle, chain = markov_oracle(train, unit=unit, order=1), markov(train, unit=unit, order=1)
    texts = Samples((*sentences[300:320], "", "Ω"), SPACE)
    found = oracle(texts)
    assert {name: (array.shape, array.dtype) for name, array in found.items()} == dict.fromkeys(
        ("nats", "tokens"), ((22, 1), np.float32)
    )
    assert found["nats"][:, 0] == pytest.approx(chain.log_likelihood(texts.data), rel=1e-7)
    assert found["tokens"][:, 0].tolist() == chain.token_counts(texts.data).tolist()
    oracle.save(tmp_path)
    assert np.array_equal(load(tmp_path)(texts)["nats"], found["nats"])
