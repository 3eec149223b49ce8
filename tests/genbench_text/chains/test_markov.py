"""The generator `markov` on real sentences, and its defaults."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.chains.markov import markov

from genbench import Samples, Space


def train(sentences):
    return Samples(sentences, Space("text", longest=150))


def test_the_next_symbol_depends_on_5_characters_or_on_2_words(sentences):
    assert markov(train(sentences[:50])).law.table.order == 5
    assert markov(train(sentences[:50]), unit="words").law.table.order == 2


@pytest.mark.parametrize(("unit", "orders"), [("characters", range(6)), ("words", range(3))])
def test_real_sentences_get_likelier_with_each_symbol_that_is_remembered(sentences, unit, orders):
    known, new = sentences[0::2], sentences[1::2]
    nats = [markov(train(known), unit=unit, order=order).log_likelihood(new).sum() for order in orders]
    assert (np.diff(nats) > 0).all()


def test_training_sentences_are_likelier_than_new_ones(sentences):
    sampler = markov(train(sentences[0::2]))
    seen, new = (sampler.log_likelihood(part).mean() for part in (sentences[0::2], sentences[1::2]))
    assert seen > new + 10


def test_one_text_of_a_million_characters_has_a_likelihood(sentences):
    sampler = markov(train(sentences[:200]))
    nats = sampler.log_likelihood(["abc " * 250_000])
    assert np.isfinite(nats).all()
    assert sampler.token_counts(["abc " * 250_000]).tolist() == [1_000_001]
