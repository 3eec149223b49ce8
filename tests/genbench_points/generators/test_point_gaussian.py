"""Clouds that are Gaussians."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.generators.point_gaussian import point_gaussian

from genbench import Samples, checked_samples, digests


def test_drawn_clouds_are_samples_of_the_space_with_lengths_of_train(random_clouds, rng):
    train = random_clouds(12, 20, 30)
    found = checked_samples(point_gaussian(train).sample(50, rng=rng))
    assert (len(found), found.space, found.labels) == (50, train.space, None)
    assert set(found.data.lengths.tolist()) == {20, 30}
    assert len(point_gaussian(train).sample(0, rng=rng)) == 0


def test_a_seed_decides_the_draw(random_clouds):
    law = point_gaussian(random_clouds(12, 20))
    one, again, other = (digests(law.sample(5, rng=np.random.default_rng(seed))) for seed in (0, 0, 1))
    assert one == again
    assert not set(one) & set(other)


def test_gaussian_clouds_are_learnt(samples_of, rng):
    """Each cloud is normal with a mean and a scale of its own; the fitted law has their means and spreads."""
    scales, means = np.exp(rng.normal(-1, 0.3, 300)), rng.normal((1, 2), 0.5, (300, 2))
    train = samples_of(
        mean + scale * rng.normal(size=(200, 2)) for mean, scale in zip(means, scales, strict=True)
    )
    made = point_gaussian(train).sample(300, rng=rng)
    drawn = np.array([cloud.mean(axis=0) for cloud in made.data])
    assert drawn.mean(axis=0) == pytest.approx((1, 2), abs=0.15)
    assert drawn.std(axis=0) == pytest.approx((0.5, 0.5), abs=0.08)
    logarithms = np.log([(cloud - cloud.mean(axis=0)).std() for cloud in made.data])
    assert logarithms.mean() == pytest.approx(-1, abs=0.1)
    assert logarithms.std() == pytest.approx(0.3, abs=0.06)


def test_flat_clouds_stay_flat(samples_of, rng):
    train = samples_of(
        np.concatenate([rng.normal(size=(50, 2)), np.zeros((50, 1))], axis=1) for _ in range(20)
    )
    made = point_gaussian(train).sample(20, rng=rng)
    assert made.data.values[:, 2].std() < 0.01
    assert made.data.values[:, :2].std() > 0.5


@pytest.mark.parametrize("clouds", [[np.ones((1, 3))], [np.ones((1, 3)), np.ones((4, 3))]])
def test_few_points_in_one_place_make_clouds_near_it(clouds, samples_of, rng):
    made = point_gaussian(samples_of(clouds)).sample(10, rng=rng)
    assert np.allclose(made.data.values, 1, atol=0.01)


def test_empty_clouds_are_left_out(samples_of, rng):
    train = samples_of([np.ones((0, 2)), np.ones((4, 2)), np.zeros((4, 2))])
    assert set(point_gaussian(train).sample(10, rng=rng).data.lengths.tolist()) == {4}
    assert isinstance(point_gaussian(train).sample(1, rng=rng), Samples)
