"""Counts of k-mers against plain Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from genbench_molecule.sequences import kmer_divergence as kmers
from genbench_molecule.sequences.alphabets import ALPHABETS
from genbench_molecule.sequences.kmer_divergence import check_k, count_kmers, word_count

from genbench import Undefined

DNA = ALPHABETS["dna"]
TEXTS = ["ACGTNNACGT", "AC", "GATTACA", "", "acgt", "CCCCGGGG\n"]


def plain(texts, letters, k, *, canonical):
    """Return the words by name, by the definition."""
    swap = str.maketrans(letters, letters[::-1])
    found = Counter()
    for text in texts:
        words = [text[i : i + k] for i in range(len(text) - k + 1)]
        words = [word for word in words if set(word) <= set(letters)]
        found.update(min(word, word[::-1].translate(swap)) if canonical else word for word in words)
    return found


def named(found, letters, k):
    names = []
    for number in found.words.tolist():
        text, word = "", number
        for _ in range(k):
            word, code = divmod(word, len(letters))
            text = letters[code] + text
        names.append(text)
    return dict(zip(names, found.counts.tolist(), strict=True))


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("canonical", [False, True])
def test_counts_are_those_of_the_definition(k, canonical, monkeypatch):
    expected = plain(TEXTS, "ACGT", k, canonical=canonical)
    assert named(count_kmers(TEXTS, DNA, k, canonical=canonical), "ACGT", k) == expected
    monkeypatch.setattr(kmers, "_LETTERS", 5)  # several blocks
    assert named(count_kmers(TEXTS, DNA, k, canonical=canonical), "ACGT", k) == expected


def test_proteins_have_twenty_letters():
    protein = ALPHABETS["protein"]
    found = count_kmers(["MKVMK"], protein, 2, canonical=False)
    assert named(found, protein.letters, 2) == {"MK": 2, "KV": 1, "VM": 1}


@pytest.mark.parametrize("k", range(1, 7))
def test_the_number_of_words_is_that_of_all_of_them(k):
    words = [
        np.base_repr(number, 4).zfill(k).translate(str.maketrans("0123", "ACGT")) for number in range(4**k)
    ]
    for canonical in (False, True):
        found = plain(words, "ACGT", k, canonical=canonical)
        assert word_count(DNA, k, canonical=canonical) == len(found)


def test_a_strand_and_its_complement_have_equal_canonical_words():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), 50)) for _ in range(20)]
    other = [text[::-1].translate(str.maketrans("ACGT", "TGCA")) for text in texts]
    for k in (3, 4):
        one, two = (count_kmers(side, DNA, k, canonical=True) for side in (texts, other))
        assert np.array_equal(one.words, two.words)
        assert np.array_equal(one.counts, two.counts)
        assert not np.array_equal(
            count_kmers(texts, DNA, k, canonical=False).counts,
            count_kmers(other, DNA, k, canonical=False).counts,
        )


def test_a_k_that_is_too_large_and_a_strand_without_complement_are_refused():
    with pytest.raises(Undefined, match="k = 32 is too large for dna; use at most 31"):
        check_k(DNA, 32, canonical=False)
    with pytest.raises(Undefined, match="k = 15 is too large for protein; use at most 14"):
        check_k(ALPHABETS["protein"], 15, canonical=False)
    check_k(DNA, 31, canonical=True)
    check_k(ALPHABETS["protein"], 14, canonical=False)
    with pytest.raises(Undefined, match="canonical k-mers need strands with a complement"):
        check_k(ALPHABETS["protein"], 3, canonical=True)
