"""Pairs of different samples."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.numeric.pairs import draw_pairs, square_distances
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 40), st.integers(1, 900), st.integers(0, 2**32 - 1))
def test_pairs_are_different_and_of_different_samples(n, count, seed):
    pairs = draw_pairs(n, count, np.random.default_rng(seed))
    assert pairs.shape == (min(count, n * (n - 1) // 2), 2)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert not len(pairs) or (pairs.min() >= 0 and pairs.max() < n)


def test_all_pairs_are_listed_where_that_is_what_is_asked(rng):
    assert draw_pairs(4, 6, rng).tolist() == [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]


def test_pairs_are_equally_likely(rng):
    counts = np.zeros((5, 5), int)
    for _ in range(4000):
        np.add.at(counts, tuple(draw_pairs(5, 2, rng).T), 1)
    drawn = counts[np.triu_indices(5, 1)]
    assert drawn.sum() == 8000
    assert np.square(drawn - 800).sum() / 800 < 27.9  # chi squared with 9 degrees, p = 0.001


@pytest.mark.parametrize("n", [2**26 + 1, 10**9 + 7])
def test_pairs_of_many_samples_are_found_exactly(n, rng):
    pairs = draw_pairs(n, 1000, rng).astype(object)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert (pairs[:, 0] >= 0).all()
    assert pairs[:, 1].max() < n


def test_distances_are_those_of_plain_differences_in_float64(rng):
    x = (1e4 + rng.standard_normal((30, 700_000 // 30))).astype(np.float32)
    pairs = draw_pairs(30, 200, rng)
    plain = [np.square(x[i].astype(np.float64) - x[j]).sum() for i, j in pairs]
    assert square_distances(x, pairs) == pytest.approx(plain, rel=1e-12)
