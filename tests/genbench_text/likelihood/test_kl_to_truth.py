"""How far samplers are from a law that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from genbench_text.chains.chain_sampler import ChainSampler
from genbench_text.chains.hmm import HiddenMarkov, hmm
from genbench_text.chains.markov import markov
from genbench_text.likelihood.kl_to_truth import kl_to_truth
from genbench_text.tokens.vocabulary import Vocabulary
from numpy.random import default_rng

from genbench import Invalid, Samples, Space, Undefined

SPACE = Space("text", longest=40)


def quiet(step, total, **values):
    """Take a report."""


@pytest.fixture(scope="module")
def truth():
    """A source of three states over a, b, c and the end, about 10 characters a text."""
    ends = np.array([[0.05], [0.1], [0.15]])
    emits = np.concatenate([(1 - ends) * default_rng(5).dirichlet(np.full(3, 0.5), 3), ends], axis=1)
    law = HiddenMarkov(
        default_rng(6).dirichlet(np.ones(3)), default_rng(7).dirichlet(np.full(3, 0.5), 3), emits
    )
    return ChainSampler("source", Vocabulary("characters", ("a", "b", "c"), 0.0), SPACE, law)


@pytest.fixture(scope="module")
def real(truth):
    return truth.sample(2000, rng=default_rng(8))


FITS = {
    "markov 0": lambda train: markov(train, order=0),
    "markov 1": lambda train: markov(train, order=1),
    "markov 5": markov,
    "markov words": lambda train: markov(train, unit="words"),
    "hmm": lambda train: hmm(train, states=4, iterations=60, rng=default_rng(1), log=quiet),
}


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [50, 3000])
def test_no_fitted_model_is_above_the_truth_by_more_than_3_standard_errors(truth, real, fit, size):
    sampler = FITS[fit](truth.sample(size, rng=default_rng(9)))
    gaps = truth.log_likelihood(real.data) - sampler.log_likelihood(real.data)
    assert gaps.mean() > -3 * gaps.std(ddof=1) / len(gaps) ** 0.5
    found = kl_to_truth(sampler, truth, real)
    assert found.value == pytest.approx(gaps.mean())
    assert found.high - found.value == pytest.approx(1.96 * gaps.std(ddof=1) / len(gaps) ** 0.5, rel=1e-4)
    assert found.extra["entropy"] == pytest.approx(-truth.log_likelihood(real.data).mean())


def test_more_memory_and_more_texts_come_nearer(truth, real):
    def distance(fit, size):
        return kl_to_truth(FITS[fit](truth.sample(size, rng=default_rng(9))), truth, real).value

    assert distance("markov 0", 3000) > distance("markov 1", 3000) > distance("hmm", 3000)
    assert distance("hmm", 50) > distance("hmm", 3000)
    assert distance("hmm", 3000) < 0.05


def test_the_truth_is_at_0_from_itself(truth, real):
    found = kl_to_truth(truth, truth, real)
    assert (found.value, found.low, found.high) == (0, 0, 0)


@dataclass
class Given:
    nats: object

    def log_likelihood(self, texts, *, prompts=None):
        return self.nats


def pair():
    return Samples(("a", "b"), SPACE)


def test_it_is_the_mean_difference_and_its_interval():
    found = kl_to_truth(Given([-3.0, -2.0]), Given([-1.0, -2.0]), pair())
    assert found.value == 1
    assert (found.low, found.high) == pytest.approx((1 - 1.959964, 1 + 1.959964))


def test_without_a_known_law_there_is_no_divergence():
    with pytest.raises(Undefined, match="the distribution of this dataset is unknown"):
        kl_to_truth(Given([-1.0, -1.0]), None, pair())


def test_one_text_has_no_standard_error(truth, real):
    with pytest.raises(Undefined, match="needs at least two real texts, got one"):
        kl_to_truth(truth, truth, replace(real, data=real.data[:1]))


def test_what_the_model_or_the_truth_calls_impossible_is_named():
    with pytest.raises(Invalid, match="the sampler's log_likelihood of text 2 of 2 is -inf"):
        kl_to_truth(Given([-1.0, -math.inf]), Given([-1.0, -1.0]), pair())
    with pytest.raises(Invalid, match="the truth's log_likelihood of text 1 of 2 is -inf"):
        kl_to_truth(Given([-1.0, -1.0]), Given([-math.inf, -1.0]), pair())


def test_likelihoods_that_no_law_gives_are_invalid(truth, real):
    nats = truth.log_likelihood(real.data)
    better = Given(np.minimum(nats * 0.9, 0))
    reason = r"is .* nats above the truth's on all 2000 texts, which has a probability below"
    with pytest.raises(Invalid, match=reason):
        kl_to_truth(better, truth, real)
    with pytest.raises(Invalid, match=r"the sampler's log_likelihood gives 2 texts, .* of 2 together"):
        kl_to_truth(Given([0.0, 0.0]), Given([-1.0, -1.0]), pair())
    with pytest.raises(Invalid, match="the sampler's log_likelihood of text 1 of 2 is nan"):
        kl_to_truth(Given([math.nan, -1.0]), Given([-1.0, -1.0]), pair())
