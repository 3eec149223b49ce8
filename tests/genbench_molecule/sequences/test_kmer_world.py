"""The dataset `kmer-world`, and its exact law."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from genbench_molecule.sequences.alphabets import ALPHABETS
from genbench_molecule.sequences.kmer_divergence import count_kmers
from genbench_molecule.sequences.kmer_world import KmerWorld, kmer_world, law_of

from genbench import SuiteError

TINY = law_of(ALPHABETS["dna"], 3, 2, 2, 4)


def all_texts(letters, lengths):
    return ["".join(text) for n in lengths for text in itertools.product(letters, repeat=n)]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_probabilities_of_all_sequences_sum_to_one(k):
    world = law_of(ALPHABETS["rna"], k, 3, max(1, k - 1), 5)
    texts = all_texts("ACGU", range(max(1, k - 1), 6))
    assert np.exp(world.log_likelihood(texts)).sum() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_frequencies_are_those_of_all_sequences_weighted_by_their_probability(k):
    texts = all_texts("ACGT", [4])
    shares = np.exp(law_of(ALPHABETS["dna"], 3, 2, 4, 4).log_likelihood(texts))
    expected = np.zeros(4**k)
    for text, share in zip(texts, shares, strict=True):
        found = count_kmers([text], ALPHABETS["dna"], k, canonical=False)
        expected[found.words] += share * found.counts / (5 - k)
    assert TINY.kmer_frequencies(k) == pytest.approx(expected, abs=1e-14)


def test_samples_follow_the_frequencies_the_lengths_and_the_families():
    world = law_of(ALPHABETS["dna"], 3, 3, 10, 19)
    found = world.sample(20_000, rng=np.random.default_rng(0))
    words = count_kmers(found.data, ALPHABETS["dna"], 4, canonical=False)
    shares = np.bincount(words.words, words.counts, 256) / words.total
    assert np.abs(shares - world.kmer_frequencies(4)).max() < 2e-3  # 5 standard errors of 250,000 words
    lengths = np.bincount([len(text) for text in found.data])[10:] / 20_000
    assert lengths == pytest.approx(np.full(10, 0.1), abs=0.012)  # 5 standard errors
    assert np.bincount(found.labels) / 20_000 == pytest.approx(np.full(3, 1 / 3), abs=0.02)


def test_a_family_has_words_of_its_own():
    world = law_of(ALPHABETS["dna"], 3, 2, 30, 60)
    found = world.sample(2000, rng=np.random.default_rng(0))
    for family in (0, 1):
        alone = KmerWorld(world.alphabet, 3, world.moves[family : family + 1], 30, 60)
        texts = [text for text, label in zip(found.data, found.labels, strict=True) if label == family]
        words = count_kmers(texts, world.alphabet, 3, canonical=False)
        shares = np.bincount(words.words, words.counts, 64) / words.total
        assert np.abs(shares - alone.kmer_frequencies(3)).max() < 0.01


def test_a_chain_of_one_letter_is_independent_letters():
    world = KmerWorld(ALPHABETS["dna"], 1, np.array([[[0.1, 0.2, 0.3, 0.4]]]), 1, 2)
    assert world.log_likelihood(["A", "GT"]) == pytest.approx(np.log([0.05, 0.06]))
    assert world.kmer_frequencies(2)[1] == pytest.approx(0.02)


@pytest.mark.parametrize("text", ["A", "ACGTA", "ACNT", "acgt", ""])
def test_what_the_law_never_draws_is_impossible(text):
    assert TINY.log_likelihood([text]).tolist() == [-np.inf]


@pytest.mark.parametrize("alphabet", ["dna", "rna", "protein"])
def test_the_dataset_has_official_splits_and_the_law_as_truth(alphabet):
    data = kmer_world(alphabet=alphabet, n=80)
    assert {name: len(index) for name, index in data.splits.items()} == {
        "train": 40,
        "test": 20,
        "held_out": 20,
    }
    assert data.samples.space.get("alphabet") == alphabet
    assert set("".join(data.samples.data)) <= set(ALPHABETS[alphabet].letters)
    assert np.isfinite(data.truth.log_likelihood(data.samples.data)).all()
    assert data.truth.token_counts(["ACG"]).tolist() == [4]


def test_seeds_draw_other_sequences_of_one_law():
    one, other = kmer_world(n=40), kmer_world(n=40, seed=1)
    assert one.samples.data == kmer_world(n=40).samples.data != other.samples.data
    assert np.array_equal(one.truth.moves, other.truth.moves)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alphabet": "protein", "k": 5}, "more than 1,000,000 words of 5 letters"),
        ({"k": 9, "shortest": 7}, "shortest is 7 and longest 60; expected k - 1 <= shortest"),
        ({"shortest": 61}, "shortest is 61 and longest 60"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(SuiteError, match=message):
        kmer_world(**options)
