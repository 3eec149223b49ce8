"""How likely an oracle finds fakes, and how repetition games it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_text.chains.markov_oracle import markov_oracle
from genbench_text.likelihood.generative_perplexity import generative_perplexity

from genbench import Invalid, Samples, Space, Undefined

SPACE = Space("text", longest=150)


def outputs(nats, tokens):
    return {"nats": np.array(nats, np.float32)[:, None], "tokens": np.array(tokens, np.float32)[:, None]}


REAL = outputs([-4.0, -5.0, -6.0], [2, 2, 2])


def test_it_is_the_perplexity_of_all_fakes_together():
    found = generative_perplexity(REAL, outputs([-2.0, -10.0], [2, 4]))
    assert found.value == pytest.approx(math.e**2)
    assert found.low < found.value < found.high
    assert found.extra == {
        "real": pytest.approx(math.exp(15 / 6)),
        "distinct": 1.0,
        "real_distinct": 1.0,
        "tokens": 3.0,
    }


def test_one_text_over_and_over_scores_low_and_its_repeats_are_told(sentences):
    train, real, new = (Samples(sentences[i::3], SPACE) for i in range(3))
    oracle = markov_oracle(train)
    likely = max(train.data, key=lambda text: oracle(Samples((text,), SPACE))["nats"][0, 0] / len(text))
    repeated = Samples((likely,) * len(real), SPACE)
    honest, looping = (generative_perplexity(oracle(real), oracle(fake)) for fake in (new, repeated))
    assert looping.value < honest.value / 2
    assert looping.extra["distinct"] == 1 / len(real)
    assert honest.extra["distinct"] > 0.99
    assert honest.value == pytest.approx(honest.extra["real"], rel=0.2)


@pytest.mark.parametrize(
    ("fake", "error", "message"),
    [
        (outputs([-1.0, 0.5], [1, 1]), Invalid, "the oracle's nats of fake of text 2 of 2 is 0.5"),
        (outputs([-1.0, -1.0], [1, 0.5]), Invalid, "the oracle's tokens of fake of text 2 of 2 is 0.5"),
        (outputs([0.0, 0.0], [0, 0]), Undefined, "the texts have no tokens"),
    ],
)
def test_what_no_oracle_says_is_refused(fake, error, message):
    with pytest.raises(error, match=message):
        generative_perplexity(REAL, fake)
