"""Training clouds with a little noise."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.generators.jittered_copies import jittered_copies

from genbench import Undefined, checked_samples, digests


def test_each_cloud_is_one_of_train_but_for_noise_of_a_share_of_the_range(samples_of, rng):
    train = samples_of(rng.uniform(0, 4, size=(200, 3)) + 10 * number for number in range(8))
    copies = checked_samples(jittered_copies(train, noise=0.001).sample(8, rng=rng))
    assert copies.space == train.space
    nearest = np.array([cloud.mean() // 10 for cloud in copies.data], int)
    assert sorted(nearest) == list(range(8))
    moved = np.array([copies.data[at] - train.data[number] for at, number in enumerate(nearest)])
    assert moved.std() == pytest.approx(0.001 * np.ptp(train.data.values), rel=0.05)
    assert abs(moved.mean()) < 0.1 * moved.std()
    assert not set(digests(copies)) & set(digests(train))


def test_a_seed_decides_the_draw(random_clouds):
    sampler = jittered_copies(random_clouds(12, 20))
    one, again, other = (digests(sampler.sample(5, rng=np.random.default_rng(seed))) for seed in (0, 0, 1))
    assert one == again
    assert not set(one) & set(other)


def test_no_more_clouds_are_drawn_than_there_are(random_clouds, rng):
    sampler = jittered_copies(random_clouds(3, 20))
    assert sampler.available == 3
    with pytest.raises(Undefined, match="asked for 4 clouds; train holds 3"):
        sampler.sample(4, rng=rng)
