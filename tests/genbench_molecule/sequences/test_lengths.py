"""Distances of lengths in closed form."""

from __future__ import annotations

import pytest
from genbench_molecule.sequences.lengths import length_distance
from hypothesis import given
from hypothesis import strategies as st

from genbench import Samples


def of(*lengths):
    return Samples.of("sequence", ["A" * length for length in lengths])


@pytest.mark.parametrize(
    ("real", "fake", "wasserstein", "ks"),
    [
        (of(3, 5), of(5, 3), 0, 0),
        (of(3, 5), of(4, 6), 1, 0.5),
        (of(10), of(1, 3), 8, 1),
        (of(0, 4), of(2), 2, 0.5),
    ],
)
def test_distances_have_a_closed_form(real, fake, wasserstein, ks):
    expected = {"length-wasserstein": pytest.approx(wasserstein), "length-ks": pytest.approx(ks)}
    assert length_distance(real, fake) == expected
    assert length_distance(fake, real) == expected


LENGTHS = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@given(LENGTHS, LENGTHS, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_nor_letters_that_all_sequences_have_matter(real, fake, random):
    before = length_distance(of(*real), of(*fake))
    random.shuffle(real)
    after = length_distance(of(*2 * [length + 3 for length in real]), of(*[length + 3 for length in fake]))
    assert after == pytest.approx(before, abs=1e-12)
