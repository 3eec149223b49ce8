"""Similarity of the counts of substructures."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.text_numbers import numbers
from genbench_molecule.metrics.substructures import fragment_similarity, scaffold_similarity
from hypothesis import given
from hypothesis import strategies as st

from genbench import Undefined


def rows(*molecules, most=3):
    found = np.zeros((len(molecules), most, 3), np.float32)
    for row, fragments in zip(found, molecules, strict=True):
        row[: len(fragments)] = numbers(fragments)
    return found.reshape(len(molecules), -1)


def test_the_cosine_is_that_of_the_counts():
    real, fake = rows("ab", "a"), rows("a", "bc")
    assert fragment_similarity(real, fake) == pytest.approx(3 / np.sqrt(5 * 3), abs=1e-12)


def test_equal_counts_score_one_and_disjoint_ones_zero():
    real = rows("ab", "aac")
    assert fragment_similarity(real, real[::-1]) == 1
    assert fragment_similarity(real, np.tile(real, (3, 1))) == pytest.approx(1, abs=1e-12)
    assert fragment_similarity(real, rows("x", "yz")) == 0


def test_molecules_without_a_scaffold_do_not_count():
    real, fake = rows("a", "", "b", most=1), rows("", "a", most=1)
    assert scaffold_similarity(real, fake) == pytest.approx(1 / np.sqrt(2), abs=1e-12)


WORDS = st.lists(st.text("abcd", max_size=1), min_size=1, max_size=12).filter(any)


@given(WORDS, WORDS, st.permutations("abcd"), st.randoms(use_true_random=False))
def test_neither_the_side_nor_names_nor_order_nor_repeats_matter(real, fake, names, random):
    value = scaffold_similarity(rows(*real, most=1), rows(*fake, most=1))
    assert scaffold_similarity(rows(*fake, most=1), rows(*real, most=1)) == pytest.approx(value, abs=1e-12)
    other = dict(zip("abcd", names, strict=True))
    real, fake = ([other.get(name, "") for name in side] for side in (2 * real, fake))
    random.shuffle(fake)
    assert scaffold_similarity(rows(*real, most=1), rows(*fake, most=1)) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("real", "fake", "side"), [("", "a", "real"), ("a", "", "fake")])
def test_a_side_without_scaffolds_is_named(real, fake, side):
    with pytest.raises(Undefined, match=f"no {side} molecule has a scaffold"):
        scaffold_similarity(rows(real, most=1), rows(fake, most=1))
