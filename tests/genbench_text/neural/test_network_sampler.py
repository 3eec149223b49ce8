"""The generators `transformer` and `lstm` on real sentences, and on what no sentence is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_text.chains.markov import markov
from genbench_text.datasets.python_reference import python_reference
from genbench_text.neural.lstm import lstm
from genbench_text.neural.transformer import transformer
from numpy.random import default_rng

from genbench import Samples, Space, Undefined
from genbench.core.splits import split

FITS = {"lstm": lstm, "transformer": transformer}
SMALL = {"lstm": {"width": 8, "hidden": 8}, "transformer": {"width": 8, "heads": 1, "layers": 1}}
STRANGE = (
    "", " ", "\t\n ", "\x00", "a\x00b", "שלום עולם", "\u202eabc", "=cmd()", "<script>", "e\u0301",
    "\ud800", "🙂",
)  # fmt: skip

each_model = pytest.mark.parametrize("model", FITS)


def quiet(step, total, **values):
    """Take a report."""


def fit(model, items, longest=None, **options):
    return FITS[model](Samples(tuple(items), Space("text", longest=longest)), **options,
                       rng=default_rng(1), log=quiet)  # fmt: skip


@each_model
@pytest.mark.parametrize("unit", ["characters", "words"])
def test_strange_texts_have_a_likelihood_and_can_be_prompts(sentences, model, unit):
    sampler = fit(model, sentences[:20], 30, unit=unit, **SMALL[model], steps=3)
    nats = sampler.log_likelihood(STRANGE)
    assert np.isfinite(nats).all()
    assert (nats < 0).all()
    follows = sampler.complete(STRANGE, rng=default_rng(2))
    assert all(len(text + rest) <= 30 for text, rest in zip(STRANGE, follows, strict=True))


@each_model
def test_texts_without_a_symbol_are_refused(model):
    with pytest.raises(Undefined, match="the training texts are empty"):
        fit(model, ["", ""])


@each_model
def test_a_training_text_may_be_longer_than_the_context(model):
    sampler = fit(model, ["abcab" * 300, "b"], context=16, **SMALL[model], steps=90, learning_rate=0.02)
    assert sampler.log_likelihood(["abcab" * 50])[0] / 251 > -1


@pytest.mark.slow
@each_model
def test_one_text_of_a_million_characters_has_a_likelihood(sentences, model):
    sampler = fit(model, sentences[:20], **SMALL[model], steps=3)
    text = "abc " * 250_000
    whole, start = sampler.log_likelihood([text, text[:100_000]])
    assert whole / start == pytest.approx(10, abs=0.05)
    assert sampler.token_counts([text]).tolist() == [1_000_001]


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        pytest.param("lstm", marks=pytest.mark.day(0, of=4)),
        pytest.param("transformer", marks=pytest.mark.day(2, of=4)),
    ],
)
def test_with_its_defaults_it_says_more_of_english_than_three_characters_do(model):
    parts = split(python_reference(), {"train": 0.5, "test": 0.25, "held_out": 0.25})
    sampler, new = FITS[model](parts["train"], rng=default_rng(1), log=quiet), parts["held_out"].data
    chains = [markov(parts["train"], order=order).log_likelihood(new).sum() for order in (1, 3)]
    found = sampler.log_likelihood(new).sum()
    size = sum(len(text.encode()) for text in new) * math.log(2)
    assert -found / size < -chains[0] / size - 1
    assert found > chains[1]
    drawn = sampler.sample(60, rng=default_rng(2))
    assert np.mean([len(text) for text in drawn.data]) == pytest.approx(np.mean([*map(len, new)]), rel=0.4)
    words = {word for text in parts["train"].data for word in text.split()}
    assert np.mean([word in words for text in drawn.data for word in text.split()]) > 0.5
