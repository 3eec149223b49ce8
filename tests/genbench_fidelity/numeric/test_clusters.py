"""Cells of k-means and who is in them."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.numeric.clusters import cell_of, centres
from sklearn.cluster import KMeans

from genbench.core.errors import Undefined


def test_clear_clusters_are_found(rng):
    places = 100 * rng.standard_normal((4, 3))
    x = places[np.repeat(np.arange(4), 25)] + 0.01 * rng.standard_normal((100, 3))
    found = centres(x, 4, starts=1, rng=rng)
    assert np.abs(found[:, None] - places).sum(axis=2).min(axis=0) == pytest.approx(np.zeros(4), abs=0.1)
    assert [len(np.unique(cell_of(x[rows : rows + 25], found))) for rows in (0, 25, 50, 75)] == [1] * 4


def test_a_row_between_two_centres_is_in_the_first():
    assert cell_of(np.array([[0.0], [1.1]]), np.array([[-1.0], [1.0]])).tolist() == [0, 1]


def test_no_rows_are_in_no_cell():
    assert cell_of(np.empty((0, 2)), np.zeros((3, 2))).tolist() == []


def test_the_seed_of_k_means_is_the_given_stream_s(rng):
    x = rng.standard_normal((200, 5))
    one, same, other = (centres(x, 20, starts=1, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("x", [np.array([[0.0], [-0.0], [1.0]]), np.repeat([[0.0], [1.0]], 3000, axis=0)])
def test_equal_rows_do_not_count_as_different(x, rng):
    assert len(centres(x, 2, starts=1, rng=rng)) == 2
    with pytest.raises(Undefined, match="at least 3 different training samples; there are 2"):
        centres(x, 3, starts=1, rng=rng)


@pytest.mark.parametrize(
    ("dtype", "power"), [(np.float32, 0), (np.float32, -100), (np.float32, 100), (np.float64, 140)]
)
def test_the_unit_changes_no_bit(dtype, power, rng):
    x = rng.standard_normal((200, 5)).astype(dtype)
    found, scaled = (
        centres(side, 20, starts=2, rng=np.random.default_rng(3)) for side in (x, np.ldexp(x, power))
    )
    assert np.array_equal(scaled, np.ldexp(found, power))
    plain = KMeans(20, n_init=2, random_state=int(np.random.default_rng(3).integers(2**31))).fit(x)
    assert np.array_equal(found, plain.cluster_centers_)


@pytest.mark.parametrize("seed", range(4))
def test_several_starts_give_the_bits_of_scikit_learn_s(seed):
    from sklearn.cluster import KMeans

    x = np.random.default_rng(seed).uniform(-0.9, 0.9, (300, 3))
    found = centres(x, 5, starts=4, rng=np.random.default_rng(seed))
    state = int(np.random.default_rng(seed).integers(2**31))
    assert np.array_equal(found, KMeans(5, n_init=4, random_state=state).fit(x).cluster_centers_)
