"""Damage to the characters of sequences."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from genbench_modalities.faults.characters import (
    characters_shuffled,
    cut,
    mutate,
    repeat,
    reverse_complemented,
)
from numpy.random import default_rng

from genbench import Samples, Undefined

LETTERS = "ACGT"
TEXTS = Samples.of(
    "sequence", ["".join(default_rng(number).choice(list(LETTERS), size=40)) for number in range(400)],
    np.arange(400) % 3, alphabet="dna", longest=40,
)  # fmt: skip
ALL = (characters_shuffled, mutate, repeat, reverse_complemented, lambda real, level, _: cut(real, level))


def changed(samples):
    pairs = zip(TEXTS.data, samples.data, strict=True)
    return np.mean([one != other for pair in pairs for one, other in zip(*pair, strict=True)])


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_shuffled_characters_stay_in_their_sequence(share):
    found = characters_shuffled(TEXTS, share, default_rng(0))
    assert list(map(Counter, found.data)) == list(map(Counter, TEXTS.data))
    assert changed(found) == pytest.approx(0.75 * (share - 1 / 40), abs=0.02)  # a quarter meets its like


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_a_share_of_the_characters_becomes_another_one(share):
    found = mutate(TEXTS, share, default_rng(0))
    assert changed(found) == pytest.approx(share, abs=0.01)
    assert set("".join(found.data)) == set(LETTERS)
    pairs = Counter(
        (one, other)
        for pair in zip(TEXTS.data, found.data, strict=True)
        for one, other in zip(*pair, strict=True)
        if one != other
    )
    counts = np.array([pairs[one, other] for one in LETTERS for other in LETTERS if one != other])
    assert counts / counts.sum() == pytest.approx(np.full(12, 1 / 12), abs=0.02)


@pytest.mark.parametrize(("level", "length"), [(0.75, 30), (0.5, 20), (0.001, 1)])
def test_only_the_first_characters_remain(level, length):
    assert cut(TEXTS, level).data == tuple(text[:length] for text in TEXTS.data)


def test_a_share_of_the_sequences_repeats_its_first_characters():
    found = repeat(TEXTS, 0.3, default_rng(0))
    looped = [other == one[:4] * 10 for one, other in zip(TEXTS.data, found.data, strict=True)]
    assert np.mean(looped) == 0.3
    assert repeat(Samples.of("sequence", ["ACGTA", "AC"]), 1.0, default_rng(0)).data == ("ACGTA", "AC")


def test_the_other_strand_of_the_other_strand_is_the_first():
    once = reverse_complemented(TEXTS, 1.0, default_rng(0))
    assert once.data != TEXTS.data
    assert reverse_complemented(once, 1.0, default_rng(0)).data == TEXTS.data
    half = reverse_complemented(TEXTS, 0.5, default_rng(0)).data
    assert sum(one != other for one, other in zip(TEXTS.data, half, strict=True)) == 200


def test_codes_have_complements():
    codes = Samples.of("sequence", ["ACGURYSWKMBDHVN"], alphabet="rna")
    assert reverse_complemented(codes, 1.0, default_rng(0)).data == ("NBDHVKMWSRYACGU",)


@pytest.mark.parametrize("fault", ALL)
def test_space_labels_and_stream_decide(fault):
    one, again = (fault(TEXTS, 0.5, default_rng(0)) for _ in range(2))
    assert one.space == TEXTS.space
    assert one.labels is TEXTS.labels
    assert one.data == again.data != TEXTS.data


@pytest.mark.parametrize("fault", ALL)
def test_empty_and_short_sequences_remain(fault):
    odd = Samples.of("sequence", ["", "A", "AC", "ACGTACGT"], alphabet="dna")
    pairs = zip(fault(odd, 1.0, default_rng(0)).data, odd.data, strict=True)
    assert all(len(text) <= len(other) for text, other in pairs)


@pytest.mark.parametrize(
    ("fault", "texts", "message"),
    [
        (characters_shuffled, ["A", ""], "no sequence has two characters"),
        (mutate, ["AAA"], "fewer than two different characters"),
        (reverse_complemented, ["MKV"], "only DNA and RNA have a complement"),
    ],
)
def test_what_cannot_be_damaged_says_why(fault, texts, message):
    with pytest.raises(Undefined, match=message):
        fault(Samples.of("sequence", texts), 1.0, default_rng(0))
