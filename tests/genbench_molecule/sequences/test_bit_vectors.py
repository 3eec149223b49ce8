"""Bit-parallel subsequences and edit distances against the tables that define them."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences import bit_vectors
from genbench_molecule.sequences.bit_vectors import Patterns, blocks

RNG = np.random.default_rng(0)
TEXTS = [
    "".join(RNG.choice(list("ACGT"), size=length)) for length in (0, 1, 5, 63, 64, 65, 127, 128, 129, 200)
]


def common(one, other):
    row = [0] * (len(other) + 1)
    for a in one:
        before, row = row, [0]
        for at, b in enumerate(other):
            row.append(before[at] + 1 if a == b else max(before[at + 1], row[at]))
    return row[-1]


def distance(one, other):
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, 1):
        before, row = row, [number]
        for at, b in enumerate(other):
            row.append(min(before[at] + (a != b), before[at + 1] + 1, row[at] + 1))
    return row[-1]


@pytest.mark.parametrize("text", [*TEXTS, "XYZ", "A" * 150, "ACXGT"])
def test_numbers_are_those_of_the_tables_across_words(text):
    patterns = Patterns.of(TEXTS)
    assert patterns.common(text).tolist() == [common(text, other) for other in TEXTS]
    assert patterns.distances(text).tolist() == [distance(text, other) for other in TEXTS]


@pytest.mark.parametrize("text", ["A", "AC", "A" * 70 + "C" * 3, "C"])
def test_a_carry_passes_a_whole_word(text):
    other = "A" * 64 + "C" * 64 + "A" * 64
    assert Patterns.of([other]).common(text).tolist() == [common(text, other)]
    assert Patterns.of([other]).distances(text).tolist() == [distance(text, other)]


def test_blocks_hold_all_texts_in_order(monkeypatch):
    monkeypatch.setattr(bit_vectors, "_MOST_WORDS", 40)  # three texts of four letters in four words
    found = list(blocks(TEXTS))
    assert [start for start, _ in found] == [0, 2, 4, 6, 8]
    lengths = np.concatenate([patterns.lengths for _, patterns in found])
    assert lengths.tolist() == [len(text) for text in TEXTS]


def test_the_first_patterns_can_be_left_out():
    patterns = Patterns.of(TEXTS)
    assert patterns.after(3).distances("ACGT").tolist() == patterns.distances("ACGT")[3:].tolist()
    assert patterns.after(-2).lengths.tolist() == patterns.lengths.tolist()


def test_no_texts_have_no_numbers():
    assert Patterns.of([]).distances("A").tolist() == Patterns.of([]).common("A").tolist() == []
    assert Patterns.of(["", ""]).common("A").tolist() == [0, 0]
    assert Patterns.of(["", ""]).distances("AC").tolist() == [2, 2]
