"""The world of shapes."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.shapes_world import KINDS, ShapesWorld, shapes_world

from genbench import checked_samples, digests


@pytest.fixture(scope="module")
def world():
    return shapes_world(n=400, points=64)


def test_clouds_are_samples_of_the_modality_with_their_kinds_as_labels(world):
    found = checked_samples(world.samples)
    assert (len(found), set(found.data.lengths.tolist()), found.data.values.dtype) == (400, {64}, np.float32)
    assert found.space.classes == ("sphere", "box", "torus", "cylinder")
    assert np.bincount(found.labels).min() > 70  # of 100 expected, four standard errors


def test_all_shapes_are_in_the_ball_of_pointflow_s_data(world):
    assert np.linalg.norm(world.samples.data.values, axis=1).max() <= 0.5 + 1e-6


def test_each_cloud_is_on_a_surface_of_its_kind(world):
    for label, cloud in zip(world.samples.labels, world.samples.data, strict=True):
        far, up = np.hypot(cloud[:, 0], cloud[:, 1]), np.abs(cloud[:, 2])
        if label == 0:
            assert np.ptp(np.linalg.norm(cloud, axis=1)) < 1e-6
        elif label == 1:
            assert np.isclose(np.abs(cloud), np.abs(cloud).max(axis=0), atol=1e-6).any(axis=1).all()
        elif label == 2:
            assert far.min() > 0.25 - 0.15
        else:
            assert (np.isclose(far, far.max(), atol=1e-6) | np.isclose(up, up.max(), atol=1e-6)).all()


def test_a_seed_gives_the_same_clouds_and_another_one_others(world):
    again, other = shapes_world(n=400, points=64), shapes_world(n=400, points=64, seed=1)
    assert digests(again.samples) == digests(world.samples)
    assert not set(digests(other.samples)) & set(digests(world.samples))


def test_the_truth_draws_clouds_of_the_same_law(world, rng):
    drawn = world.truth.sample(400, rng=rng)
    assert drawn.space == world.samples.space
    assert world.truth == ShapesWorld(64)
    radii = [
        np.linalg.norm(side.data[number], axis=1).max()
        for side in (world.samples, drawn)
        for number in np.flatnonzero(side.labels == 0)
    ]
    assert min(radii) >= 0.2 - 1e-6
    assert np.mean(radii) == pytest.approx(0.35, abs=0.03)  # uniform in (0.2, 0.5), some 200 spheres


def test_every_range_of_a_parameter_rises():
    assert all(low < high for ranges in KINDS.values() for low, high in ranges.values())
