"""The autoencoder of clouds."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.shapes_world import shapes_world
from genbench_points.generators.point_vae import load_point_vae, point_vae

from genbench import DataError, Invalid, checked_samples, digests


def silent(step, total, **values):
    """Log nothing."""


@pytest.fixture(scope="module")
def train():
    return shapes_world(n=60, points=32).samples


@pytest.fixture(scope="module")
def fitted(train):
    """Return a sampler after a few steps, and what the training logged."""
    logged = []
    sampler = point_vae(
        train,
        steps=60,
        width=16,
        rng=np.random.default_rng(0),
        log=lambda step, total, **values: logged.append((step, total, values)),
    )
    return sampler, logged


def test_samples_are_of_the_space_of_train(fitted, train, rng):
    found = checked_samples(fitted[0].sample(5, rng=rng))
    assert (len(found), found.space, set(found.data.lengths.tolist())) == (5, train.space, {32})
    assert len(fitted[0].sample(0, rng=rng)) == 0


def test_the_training_logs_a_curve_that_falls(fitted):
    _, logged = fitted
    assert [(step, total) for step, total, _ in logged] == [(step, 60) for step in range(1, 61)]
    losses = [values["loss"] for _, _, values in logged]
    assert all(values["loss"] == values["misfit"] + values["divergence"] for _, _, values in logged)
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) / 2


def test_a_seed_decides_training_and_samples(train, fitted):
    again, other = (
        point_vae(train, steps=60, width=16, rng=np.random.default_rng(seed), log=silent) for seed in (0, 1)
    )
    drawn = [digests(model.sample(3, rng=np.random.default_rng(5))) for model in (fitted[0], again, other)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_what_was_saved_draws_the_same(fitted, tmp_path):
    fitted[0].save(tmp_path)
    loaded = load_point_vae(tmp_path)
    one, other = (model.sample(4, rng=np.random.default_rng(2)) for model in (fitted[0], loaded))
    assert digests(one) == digests(other)
    assert (one.space, loaded.parameters, loaded.latent_dim) == (other.space, fitted[0].parameters, 8)


def test_clouds_of_several_sizes_are_learnt_at_their_median_or_a_given_number(random_clouds, rng):
    train = random_clouds(9, 5, 12, 40)
    for points, expected in ((None, 12), (7, 7)):
        sampler = point_vae(train, steps=2, width=4, points=points, rng=rng, log=silent)
        assert set(sampler.sample(2, rng=rng).data.lengths.tolist()) == {expected}


def test_clouds_far_from_the_origin_are_met(random_clouds, rng):
    train = random_clouds(20, 16, shift=500.0)
    made = point_vae(train, steps=20, width=8, rng=rng, log=silent).sample(5, rng=rng)
    assert made.data.values.mean(axis=0) == pytest.approx((500, 500, 500), abs=2)


def test_a_training_that_diverges_is_one_line(random_clouds, rng):
    with pytest.raises(Invalid, match=r"^training diverged: .*; lower learning_rate$"):
        point_vae(random_clouds(4, 8), steps=20, learning_rate=1e30, rng=rng, log=silent)


def test_clouds_without_points_are_one_line(samples_of, rng):
    with pytest.raises(DataError, match=r"^expected at least one training cloud with a point, got none$"):
        point_vae(samples_of([np.ones((0, 3))]), rng=rng, log=silent)


def test_another_model_s_files_are_one_line(fitted, tmp_path):
    fitted[0].save(tmp_path)
    file = tmp_path / "model.json"
    file.write_text(file.read_text().replace("point-vae", "vae"))
    with pytest.raises(DataError, match="describes the model 'vae'; expected 'point-vae'"):
        load_point_vae(tmp_path)
    file.write_text("{}")
    with pytest.raises(DataError, match="cannot be read; fit it again"):
        load_point_vae(tmp_path)
