"""Closest points, beside scipy's matrix of distances."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.manifold import alpha_precision as module
from genbench_table.manifold.alpha_precision import closest_points, distances_to
from scipy.spatial.distance import cdist

POINTS, OTHERS = np.random.default_rng(0).normal(100, 1, size=(2, 70, 5))


@pytest.mark.parametrize("pairs", [100, 2**21])
def test_distances_are_those_of_scipy(monkeypatch, pairs):
    monkeypatch.setattr(module, "_PAIRS", pairs)
    every = cdist(POINTS, OTHERS)
    found, which = closest_points(POINTS, OTHERS)
    np.testing.assert_allclose(found, every.min(axis=1), atol=1e-12)
    np.testing.assert_array_equal(which, every.argmin(axis=1))
    within = cdist(POINTS, POINTS) + np.diag(np.full(70, np.inf))
    found, which = closest_points(POINTS)
    np.testing.assert_allclose(found, within.min(axis=1), atol=1e-12)
    np.testing.assert_array_equal(which, within.argmin(axis=1))


def test_copies_are_at_exactly_0():
    assert (closest_points(POINTS, POINTS)[0] == 0).all()
    assert closest_points(np.array([[1.0], [1.0], [5.0]]))[0].tolist() == [0.0, 0.0, 4.0]


def test_distances_to_a_point_are_euclidean():
    assert distances_to(np.array([[3.0, 4.0], [0.0, 0.0]]), np.zeros(2)).tolist() == [5.0, 0.0]
