"""Damage to point clouds."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.faults.cloud_damage import part_dropped, points_duplicated, points_mixed, rotate, scale
from scipy.spatial.distance import pdist

from genbench import Samples, Undefined, checked_samples

DAMAGE = {
    "dropped-part": lambda real, rng: part_dropped(real, 0.3, rng),
    "duplicated-points": lambda real, rng: points_duplicated(real, 0.3, rng),
    "mixed-points": lambda real, rng: points_mixed(real, 0.3, rng),
    "scaled": lambda real, rng: scale(real, 1.5),
    "rotated": lambda real, rng: rotate(real, 30.0, rng),
}


def rows(cloud):
    return {tuple(row) for row in cloud}


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_clouds_keep_their_labels_space_and_numbers_of_points(name, dimensions, random_clouds, rng):
    made = random_clouds(6, 1, 10, 25, dimensions=dimensions)
    real = Samples(made.data, made.space, np.arange(6))
    before = real.data.values.copy()
    found = checked_samples(DAMAGE[name](real, rng))
    assert (found.space, found.labels.tolist()) == (real.space, real.labels.tolist())
    assert np.array_equal(found.data.offsets, real.data.offsets)
    assert np.array_equal(real.data.values, before)
    assert not np.array_equal(found.data.values, before)


@pytest.mark.parametrize("name", DAMAGE)
def test_a_seed_decides_all_damage(name, random_clouds):
    real = random_clouds(4, 20)
    one, other = (DAMAGE[name](real, np.random.default_rng(7)).data.values for _ in range(2))
    assert np.array_equal(one, other)


def test_a_missing_part_is_one_side_of_a_cloud(random_clouds, rng):
    real = random_clouds(5, 100)
    for before, after in zip(real.data, part_dropped(real, 0.3, rng).data, strict=True):
        left, gone = rows(after), np.array(sorted(rows(before) - rows(after)))
        assert left < rows(before)
        assert len(gone) == 30
        # a plane is between them: along the difference of the means, nearly all that is gone is farther
        middle = gone.mean(axis=0) - np.array(sorted(left)).mean(axis=0)
        assert (gone @ middle).min() > np.median(np.array(sorted(left)) @ middle)


def test_duplicates_replace_that_share_of_points(random_clouds, rng):
    real = random_clouds(5, 100)
    for before, after in zip(real.data, points_duplicated(real, 0.4, rng).data, strict=True):
        assert rows(after) < rows(before)
        assert len(rows(after)) == 60
        assert (before == after).all(axis=1).sum() == 60


def test_one_point_is_kept_at_any_level(random_clouds, rng):
    real = random_clouds(3, 2, 5)
    for damage in (part_dropped, points_duplicated):
        assert [len(rows(cloud)) for cloud in damage(real, 1.0, rng).data] == [1, 1, 1]


def test_mixed_points_are_all_there_and_in_other_clouds(random_clouds, rng):
    real = random_clouds(10, 50)
    found = points_mixed(real, 0.5, rng)
    assert rows(found.data.values) == rows(real.data.values)
    stayed = [len(rows(one) & rows(other)) for one, other in zip(real.data, found.data, strict=True)]
    assert 20 < np.mean(stayed) < 35  # 25, and a tenth of the others


def test_scaled_clouds_have_their_middle_and_larger_distances(random_clouds):
    real = random_clouds(2, 30, shift=4.0)
    for before, after in zip(real.data, scale(real, 1.5).data, strict=True):
        assert np.allclose(before.mean(axis=0), after.mean(axis=0), atol=1e-5)
        assert np.allclose(pdist(after), 1.5 * pdist(before), rtol=1e-4)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_rotated_clouds_have_their_middle_distances_and_angle(dimensions, random_clouds, rng):
    real = random_clouds(4, 30, dimensions=dimensions, shift=4.0)
    for before, after in zip(real.data, rotate(real, 30.0, rng).data, strict=True):
        assert np.allclose(before.mean(axis=0), after.mean(axis=0), atol=1e-5)
        assert np.allclose(pdist(after), pdist(before), rtol=1e-3)
        one, other = (cloud - cloud.mean(axis=0) for cloud in (before, after))
        turn = np.linalg.lstsq(one, other, rcond=None)[0]
        angle = np.degrees(np.arccos((np.trace(turn) - (dimensions - 2)) / 2))
        assert angle == pytest.approx(30, abs=0.1)


def test_clouds_turn_about_axes_of_their_own(samples_of, rng):
    cloud = rng.normal(size=(10, 3))
    one, other = rotate(samples_of([cloud, cloud]), 30.0, rng).data
    assert not np.allclose(one, other, atol=1e-3)


def test_a_cloud_without_points_stays_one(samples_of, rng):
    real = samples_of([np.ones((3, 2)), np.ones((0, 2))])
    for damage in DAMAGE.values():
        assert damage(real, rng).data.lengths.tolist() == [3, 0]


@pytest.mark.parametrize("name", ["dropped-part", "duplicated-points", "mixed-points"])
def test_one_point_cannot_be_damaged(name, samples_of, rng):
    with pytest.raises(Undefined, match=r"two points|one cloud"):
        DAMAGE[name](samples_of([np.ones((1, 3))]), rng)


def test_clouds_of_other_dimensions_are_not_turned(random_clouds, rng):
    with pytest.raises(Undefined, match="turns clouds of 2 or 3 dimensions"):
        rotate(random_clouds(2, 5, dimensions=4), 30.0, rng)
