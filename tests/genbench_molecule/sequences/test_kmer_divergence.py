"""Divergences of k-mers: closed forms, invariances, and what they cannot compute."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from genbench_molecule.sequences import SPECS
from genbench_molecule.sequences.kmer_divergence import kmer_divergence, kmer_jsd_to_truth
from genbench_molecule.sequences.kmer_world import kmer_world

from genbench import Samples, SuiteError, Undefined
from genbench.contract.signature import fill_options, read_contract

SWAP = str.maketrans("ACGT", "TGCA")


def dna(*texts, alphabet="dna"):
    return Samples.of("sequence", texts, alphabet=alphabet)


def test_equal_sides_have_no_divergence_and_disjoint_ones_a_whole_bit():
    found = kmer_divergence(dna("ACGTACGT"), dna("ACGTACGT"))
    assert found == {"kmer-jsd": 0.0, "kmer-kl": 0.0, "kmer-cosine": pytest.approx(1)}
    found = kmer_divergence(dna("AAAA"), dna("CCCC"))
    assert (found["kmer-jsd"], found["kmer-cosine"]) == (pytest.approx(1), 0)


def test_two_letters_have_the_closed_form():
    found = kmer_divergence(dna("AAAC"), dna("AC"), k=1)  # shares 3/4, 1/4 and 1/2, 1/2
    jsd = 0.5 * (0.75 * math.log2(0.75 / 0.625) + 0.25 * math.log2(0.25 / 0.375)) + 0.5 * (
        0.5 * math.log2(0.5 / 0.625) + 0.5 * math.log2(0.5 / 0.375)
    )
    kl = (
        4 / 8 * math.log((4 / 8) / (2 / 6))
        + 2 / 8 * math.log((2 / 8) / (2 / 6))
        + 2 * (1 / 8 * math.log((1 / 8) / (1 / 6)))
    )
    assert found["kmer-jsd"] == pytest.approx(jsd, rel=1e-12)
    assert found["kmer-kl"] == pytest.approx(kl, rel=1e-12)
    assert found["kmer-cosine"] == pytest.approx(2 / math.sqrt(5), rel=1e-12)
    plain = kmer_divergence(dna("AAAC"), dna("AC"), k=1, pseudocount=0)["kmer-kl"]
    assert plain == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5), rel=1e-12)


def test_the_other_strand_is_seen_unless_words_are_canonical(stored):
    real = stored["dna_real"]
    other = dna(*(text[::-1].translate(SWAP) for text in real.data))
    for k in (2, 3, 4):
        assert kmer_divergence(real, other, k=k)["kmer-jsd"] > 0.01
        found = kmer_divergence(real, other, k=k, canonical=True)
        assert found == {"kmer-jsd": 0, "kmer-kl": 0, "kmer-cosine": pytest.approx(1)}


def test_shuffled_letters_are_seen_by_words_and_not_by_letters(stored):
    real, rng = stored["dna_real"], np.random.default_rng(0)
    shuffled = dna(*("".join(rng.permutation(list(text))) for text in real.data))
    assert kmer_divergence(real, shuffled, k=1)["kmer-jsd"] == pytest.approx(0, abs=1e-15)
    assert kmer_divergence(real, shuffled, k=3)["kmer-jsd"] > 0.01


def test_the_order_of_sequences_does_not_count(sides):
    real, fake = sides("pep")
    turned = fake.take(np.arange(len(fake))[::-1])
    assert kmer_divergence(real, fake, k=2) == kmer_divergence(real, turned, k=2)


def test_large_words_take_no_table():
    found = kmer_divergence(dna("ACGT" * 20), dna("ACGA" * 20), k=31)
    assert found["kmer-jsd"] == pytest.approx(1)
    assert found["kmer-kl"] > 0


@pytest.mark.parametrize(
    ("fake", "options", "message"),
    [
        (dna("AC", "NNNNN"), {}, "the fake sequences have no 3 plain letters in a row"),
        (dna("CCCC"), {"pseudocount": 0}, "the fakes lack a real word, so kmer-kl is infinite"),
    ],
)
def test_what_has_no_value_says_why(fake, options, message):
    with pytest.raises(Undefined, match=message):
        kmer_divergence(dna("ACGT"), fake, **options)


@pytest.mark.parametrize("name", ["kmer-divergence", "kmer-jsd-to-truth"])
def test_a_k_for_which_no_alphabet_has_room_is_no_valid_option(name):
    (contract,) = (read_contract(spec) for spec in SPECS if spec.name == name)
    assert fill_options(contract, {"k": 31}, where="it", folder=Path())["k"] == 31
    with pytest.raises(SuiteError, match="k: expected a number less than or equal to 31, got 32"):
        fill_options(contract, {"k": 32}, where="it", folder=Path())


def test_proteins_have_no_canonical_words():
    with pytest.raises(Undefined, match="the sequences are protein"):
        kmer_divergence(dna("MKV", alphabet="protein"), dna("MKV", alphabet="protein"), canonical=True)


def test_sequences_of_the_truth_approach_its_law():
    truth = kmer_world(n=4).truth
    drawn = {n: truth.sample(n, rng=np.random.default_rng(0)) for n in (100, 3000)}
    values = {n: kmer_jsd_to_truth(samples, truth) for n, samples in drawn.items()}
    assert values[3000] < 0.0005 < values[100] < 0.01  # about 63 / (8 ln 2 N) for N words, since they repeat
    real = truth.sample(3000, rng=np.random.default_rng(1))
    shuffled = np.random.default_rng(2)
    fake = dna(*("".join(shuffled.permutation(list(text))) for text in drawn[3000].data))
    expected = kmer_divergence(real, fake)["kmer-jsd"]
    assert kmer_jsd_to_truth(fake, truth) == pytest.approx(expected, rel=0.03)


def test_a_law_without_words_is_no_truth():
    with pytest.raises(Undefined, match="needs one such as kmer-world"):
        kmer_jsd_to_truth(dna("ACGT"), None)
    with pytest.raises(Undefined, match=r"more than 10,000,000 words of 12 letters"):
        kmer_jsd_to_truth(dna("ACGT"), kmer_world(n=4).truth, k=12)
