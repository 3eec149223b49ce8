"""Distances to nearest points, by cloud."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from genbench_points.set_metrics import chamfer as nearest
from genbench_points.set_metrics.chamfer import one_way, reciprocal
from scipy.spatial.distance import cdist


def mean(distances, starts):
    return np.add.reduceat(distances, starts) / np.diff([*starts, len(distances)])


def plainly(source, target):
    return np.array([[cdist(one, other).min(axis=1).mean() for other in target] for one in source])


@pytest.mark.parametrize("dimensions", [1, 2, 3, 5])
def test_distances_equal_the_plain_ones(dimensions, random_clouds, sides):
    left, right = sides(
        random_clouds(5, 1, 8, 30, dimensions=dimensions), random_clouds(4, 12, 3, dimensions=dimensions)
    )
    assert np.allclose(one_way(left, right, mean), plainly(left, right), rtol=1e-12)
    forward, backward = reciprocal(left, right, mean)
    assert np.allclose(forward, plainly(left, right), rtol=1e-12)
    assert np.allclose(backward, plainly(right, left).T, rtol=1e-12)


def test_a_side_with_itself_is_looked_up_once(random_clouds, sides):
    left, _ = sides(random_clouds(4, 9), random_clouds(1, 9))
    steps = []
    forward, backward = reciprocal(left, left, mean, lambda: steps.append(1))
    assert len(steps) == 4
    assert np.array_equal(backward, forward.T)
    assert not np.diag(forward).any()


@pytest.mark.parametrize("block", [1, 7, 20, 10_000])
def test_the_size_of_blocks_changes_no_number(block, random_clouds, sides, monkeypatch):
    left, right = sides(random_clouds(6, 1, 8, 30), random_clouds(2, 12))
    whole = one_way(left, right, mean)
    monkeypatch.setattr(nearest, "_BLOCK", block)
    assert np.array_equal(one_way(left, right, mean), whole)


def test_memory_is_bounded_by_blocks(random_clouds, sides, monkeypatch):
    left, right = sides(random_clouds(200, 500), random_clouds(3, 500))
    monkeypatch.setattr(nearest, "_BLOCK", 2000)
    one_way(left, right, mean)  # imports
    tracemalloc.start()
    one_way(left, right, mean)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 500_000  # bytes: 100,000 distances and indices would take 1,600,000
