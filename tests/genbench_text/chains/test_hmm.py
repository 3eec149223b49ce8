"""The generator `hmm`: what it fits, and how near it comes to a source."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.chains.hmm import hmm
from numpy.random import default_rng

from genbench import Samples, Space


def quiet(step, total, **values):
    """Take a report."""


def test_one_state_holds_the_shares_of_the_symbols():
    train = Samples(("aab", "b", ""), Space("text"))
    sampler = hmm(train, states=1, iterations=1, smoothing=0.5, rng=default_rng(1), log=quiet)
    assert sampler.law.emits == pytest.approx(np.array([[2.5, 2.5, 3.5]]) / 8.5)


def test_a_model_fitted_to_a_source_comes_near_it_and_not_above(model, rows_of):
    names = "abc"
    train, test = (
        ["".join(names[s] for s in row[:-1]) for row in rows_of(model, n, seed)]
        for n, seed in ((4000, 11), (2000, 12))
    )
    sampler = hmm(
        Samples(tuple(train), Space("text")), states=3, iterations=150, rng=default_rng(1), log=quiet
    )
    zeros = np.zeros(len(test), np.int64)
    truth = model.nats([np.array([*map(names.index, text), 3]) for text in test], zeros)
    gaps = truth - sampler.log_likelihood(test)
    error = gaps.std(ddof=1) / len(test) ** 0.5
    assert -3 * error < gaps.mean() < 0.02


def test_the_loss_of_each_iteration_is_told_and_falls():
    told = []
    train = Samples(("abab", "ba", "aab", "bbb") * 5, Space("text"))
    hmm(
        train,
        states=2,
        iterations=5,
        rng=default_rng(1),
        log=lambda *args, **values: told.append((*args, values)),
    )
    assert [entry[:2] for entry in told] == [(step, 5) for step in range(1, 6)]
    losses = [entry[2]["loss"] for entry in told]
    assert losses == sorted(losses, reverse=True)


def test_more_states_describe_real_sentences_better(sentences):
    known, new = sentences[0:600:2], sentences[1:600:2]
    train = Samples(known, Space("text", longest=150))
    nats = [
        hmm(train, states=states, iterations=15, rng=default_rng(1), log=quiet).log_likelihood(new).sum()
        for states in (1, 4, 16)
    ]
    assert nats == sorted(nats)


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_another_stream_fits_another_model(unit):
    train = Samples(("the cat ran", "a dog sat"), Space("text"))
    first, again, other = (
        hmm(train, unit=unit, iterations=3, rng=default_rng(seed), log=quiet) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.law.moves, again.law.moves)
    assert not np.array_equal(first.law.moves, other.law.moves)
