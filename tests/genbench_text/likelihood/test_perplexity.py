"""Perplexities of real texts: reference values, units, and what is refused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from genbench_text.chains.markov import markov
from genbench_text.likelihood.perplexity import perplexity, word_perplexity

from genbench import Invalid, Samples, Space, Undefined

DATA = Path(__file__).parents[1] / "data" / "likelihoods"
RECORDS = json.loads((DATA / "records.json").read_text())


def texts(*items):
    return Samples(items, Space("text"))


@dataclass
class Given:
    """A sampler that says of texts what it was given."""

    nats: object
    tokens: object = (1, 1, 1)

    def log_likelihood(self, texts, *, prompts=None):
        return self.nats

    def token_counts(self, texts):
        return self.tokens


def record(case, source=""):
    (found,) = (r for r in RECORDS if r["case"] == case and r["source"].startswith(source))
    return found


@pytest.fixture(scope="module")
def arrays():
    with np.load(DATA / "lm.npz") as stored:
        return {name: stored[name] for name in stored.files}


def sampler_of(logits, targets):
    """Return a sampler of four texts whose symbols are `targets` under `logits`; a target below 0 is none."""
    nats = logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))
    counted = targets >= 0
    each = np.take_along_axis(nats, np.where(counted, targets, 0)[:, :, None], axis=2)[:, :, 0]
    return Given((each * counted).sum(axis=1), counted.sum(axis=1))


@pytest.mark.parametrize(
    ("case", "targets"), [("random_logits", "targets"), ("random_logits/ignore-100", "targets_masked")]
)
def test_the_token_perplexity_is_that_of_torchmetrics(case, targets, arrays):
    expected = record(case)
    found = perplexity(sampler_of(arrays["logits"], arrays[targets]), texts(*"abcd"))["token-perplexity"]
    assert found.value == pytest.approx(expected["value"], abs=expected["tol"])


def test_it_is_not_the_mean_of_the_perplexities_of_texts(arrays):
    wrong = record("random_logits/ignore-100/mean_of_doc_ppl(WRONG)")
    sampler = sampler_of(arrays["logits"], arrays["targets_masked"])
    each = np.exp(-sampler.nats / sampler.tokens)
    assert each.mean() == pytest.approx(wrong["value"], abs=wrong["tol"])
    assert abs(perplexity(sampler, texts(*"abcd"))["token-perplexity"].value - wrong["value"]) > 4


def test_a_uniform_law_has_the_perplexity_of_its_symbols():
    expected = record("uniform_model")
    size = expected["params"]["V"]
    found = perplexity(Given(np.full(3, -7 * math.log(size)), [7, 7, 7]), texts(*"abc"))["token-perplexity"]
    assert found.value == pytest.approx(expected["value"], abs=expected["tol"])
    assert (found.low, found.high) == pytest.approx((size, size))


@pytest.mark.parametrize("unit", ["word", "byte"])
def test_words_and_bytes_are_those_of_lm_evaluation_harness(unit):
    (expected,) = (r for r in RECORDS if r["metric"] == f"{unit}_perplexity")
    sampler, real = Given(expected["params"]["loglik"]), texts(*expected["params"]["docs"])
    found = word_perplexity(sampler, real) if unit == "word" else perplexity(sampler, real)["byte-perplexity"]
    assert found.value == pytest.approx(expected["value"], abs=expected["tol"])


def test_bits_per_byte_are_the_logarithm_of_the_byte_perplexity():
    found = perplexity(Given([-3.0, -5.0, -1.0]), texts("ab", "é", "\ud800"))
    for end in ("value", "low", "high"):
        assert getattr(found["byte-perplexity"], end) == pytest.approx(
            2 ** getattr(found["bits-per-byte"], end)
        )
    assert found["bits-per-byte"].value == pytest.approx(9 / 7 / math.log(2))


def test_bits_per_byte_compare_words_with_characters_and_token_perplexities_do_not(sentences):
    train, real = (Samples(part, Space("text", longest=150)) for part in (sentences[0::2], sentences[1::2]))
    found = {
        (unit, order): perplexity(markov(train, unit=unit, order=order), real)
        for unit, order in (("characters", 5), ("words", 0))
    }
    bits = {key: scores["bits-per-byte"].value for key, scores in found.items()}
    tokens = {key: scores["token-perplexity"].value for key, scores in found.items()}
    assert 1 < bits["characters", 5] < bits["words", 0] < 8
    assert tokens["words", 0] > 50 * tokens["characters", 5]


def test_the_memory_of_one_more_symbol_saves_bits(sentences):
    train, real = (Samples(part, Space("text", longest=150)) for part in (sentences[0::2], sentences[1::2]))
    bits = [perplexity(markov(train, order=order), real)["bits-per-byte"].value for order in (0, 1, 3)]
    assert bits == sorted(bits, reverse=True)


def test_an_empty_text_has_a_cost_and_a_word_but_no_bytes():
    real = texts("", "ab", " ")
    assert perplexity(Given([-1.0, -2.0, -3.0]), real)["bits-per-byte"].value == pytest.approx(
        2 / math.log(2)
    )
    assert word_perplexity(Given([-1.0, -2.0, -3.0]), real).value == pytest.approx(math.exp(6 / 4))
    with pytest.raises(Undefined, match="the texts have no bytes"):
        perplexity(Given([-1.0, -1.0, -1.0]), texts("", "", ""))


@pytest.mark.parametrize("metric", [perplexity, word_perplexity])
@pytest.mark.parametrize(
    ("nats", "error", "message"),
    [
        ([-1.0, -2.0, math.nan], Invalid, "the sampler's log_likelihood of text 3 of 3 is nan"),
        ([-1.0, 0.1, -2.0], Invalid, "the sampler's log_likelihood of text 2 of 3 is 0.1"),
        ([-1.0, -math.inf, -2.0], Invalid, "text 2 of 3 is -inf, as of 1 in all: its perplexity would"),
        (np.zeros((3, 1)), Invalid, r"returned the shape \(3, 1\)"),
        (np.zeros(3), Invalid, "gives 3 texts, none of which begins another, probabilities of 3 together"),
    ],
)
def test_likelihoods_that_are_none_have_no_perplexity(metric, nats, error, message):
    with pytest.raises(error, match=message):
        metric(Given(nats), texts("a", "b", "c"))


def test_token_counts_that_are_none_are_refused():
    with pytest.raises(Invalid, match="the sampler's token_counts of text 2 of 3 is -1"):
        perplexity(Given([-2.0, -2.0, -2.0], [1, -1, 1]), texts("a", "b", "c"))
    with pytest.raises(Invalid, match="the sampler's token_counts of all 3 texts is 0, and not all are"):
        perplexity(Given([-2.0, -2.0, -2.0], [0, 0, 0]), texts("a", "b", "c"))


def test_what_costs_more_than_a_perplexity_can_say_is_no_way_out_of_a_ranking():
    with pytest.raises(Invalid, match="a byte costs 1000 nats, whose exponential no number holds"):
        perplexity(Given([-3000.0], [3]), texts("abc"))
    with pytest.raises(Invalid, match="a token costs 1800 nats"):
        perplexity(Given([-1800.0], [1]), texts("abc"))


def test_a_text_of_a_million_characters_has_its_bits_and_no_word_perplexity():
    real = texts("x" * 1_000_000)
    sampler = markov(texts("ab", "xy"), order=1)
    assert perplexity(sampler, real)["bits-per-byte"].value < 8
    with pytest.raises(Undefined, match=r"a word costs .* nats, whose exponential no number holds"):
        word_perplexity(sampler, real)
