"""The data set `grammar-world`: its sentences, its truth, and that they agree."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from genbench_text.datasets.grammar import Grammar
from genbench_text.datasets.grammar_world import GrammarWorld, grammar_world, render
from numpy.random import default_rng
from scipy.stats import chisquare

from genbench import Space
from genbench.core.splits import split

TINY = GrammarWorld(Grammar.of("S = 3 Name sleeps . | 1 so , S\nName = 2 Anna | 1 the cat"), 14, 40)


@pytest.fixture(scope="module")
def data():
    return grammar_world()


def test_sentences_are_written_with_a_capital_and_marks_at_their_words():
    assert render(["the", "cat", ",", "Anna", "says", "."]) == "The cat, Anna says."
    assert render(["Anna", "sleeps", "?"]) == "Anna sleeps?"


def test_the_probabilities_of_all_sentences_sum_to_one_and_their_entropy_is_the_exact_one():
    texts = [
        start[0].upper() + start[1:]
        for count in range(12)
        for start in ("so, " * count + "Anna sleeps.", "so, " * count + "the cat sleeps.")
    ]
    nats = TINY.log_likelihood(texts)
    said = np.isfinite(nats)
    assert [text for text, is_said in zip(texts, said, strict=True) if not is_said] == [
        text for text in texts if not 14 <= len(text) <= 40
    ]
    assert np.exp(nats[said]).sum() == pytest.approx(1, abs=1e-12)
    assert -(np.exp(nats[said]) * nats[said]).sum() == pytest.approx(TINY.entropy, abs=1e-12)


def test_sentences_are_drawn_as_often_as_they_are_likely():
    texts = TINY.sample(5000, rng=default_rng(0)).data
    counts = Counter(texts)
    expected = 5000 * np.exp(TINY.log_likelihood(list(counts)))
    often = expected > 5
    observed = np.array(list(counts.values()))[often]
    assert len(observed) > 5
    rest = 5000 - observed.sum(), 5000 - expected[often].sum()
    assert chisquare([*observed, rest[0]], [*expected[often], rest[1]]).pvalue > 0.001


def test_the_mean_surprise_of_drawn_sentences_is_the_entropy(data):
    nats = data.truth.log_likelihood(data.truth.sample(4000, rng=default_rng(0)).data)
    error = nats.std() / math.sqrt(len(nats))
    assert abs(-nats.mean() - data.truth.entropy) < 3 * error
    assert 25 < data.truth.entropy < 35


def test_every_sentence_is_one_of_the_truth_and_fits_the_space(data):
    samples = data.samples
    assert len(samples) == 3000
    assert samples.space == Space("text", longest=120)
    assert all(20 <= len(text) <= 120 for text in samples.data)
    nats = data.truth.log_likelihood(samples.data)
    assert nats.dtype == np.float64
    assert np.isfinite(nats).all()


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("The cat chased the small dog.", True),
        ("The cats chase the small dog.", True),
        ("The cat chase the small dog.", False),
        ("The teachers whom Anna knew are very tired.", False),
        ("The teachers whom Anna met are very tired.", True),
        ("The teachers whom Anna met is very tired.", False),
        ("the cat chased the small dog.", False),
        ("The cat chased the small dog", False),
        ("The cat  chased the small dog.", False),
        (" The cat chased the small dog.", False),
        ("The cat chased the small dog.\n", False),
        ("The cat chased the small dog .", False),
        ("THE cat chased the small dog.", False),
        ("Does anna trust the neighbour?", False),
        ("Does Anna trust the neighbour?", True),
        ("Anna trusts the neighbour?", False),
        ("The cat chased the small dög.", False),
        ("Please wait.", False),
        ("", False),
        (".", False),
        ("\0", False),
        ("x" * 10**6, False),
    ],
)
def test_only_sentences_of_the_grammar_have_a_probability(data, text, is_said):
    assert np.isfinite(data.truth.log_likelihood([text]))[0] == is_said


def test_the_end_is_one_of_the_counted_characters(data):
    counts = data.truth.token_counts(["abc", ""])
    assert counts.tolist() == [4, 1]
    assert counts.dtype == np.int64


def test_the_splits_are_draws_of_one_law_and_hardly_share_a_sentence(data):
    parts = split(data, {})
    assert {name: len(part) for name, part in parts.items()} == {"train": 1500, "test": 750, "held_out": 750}
    shared = set(parts["train"].data) & set(parts["test"].data)
    assert len(shared) <= 3
    for part in parts.values():
        nats = data.truth.log_likelihood(part.data)
        assert abs(nats.mean() + data.truth.entropy) < 4 * nats.std() / math.sqrt(len(nats))


def test_a_seed_is_another_draw_and_fewer_sentences_are_the_first_of_it():
    assert grammar_world(n=20).samples.data == grammar_world(n=40).samples.data[:20]
    assert grammar_world(n=20).samples.data != grammar_world(n=20, seed=1).samples.data
    assert {name: len(index) for name, index in grammar_world(n=4).splits.items()} == {
        "train": 2, "test": 1, "held_out": 1,
    }  # fmt: skip
