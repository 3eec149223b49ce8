"""What `vae`, `gan`, `wgan-gp` and `ddpm` have in common."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from genbench_image.generators.ddpm import ddpm, load_ddpm
from genbench_image.generators.gan import gan, load_gan
from genbench_image.generators.vae import load_vae, vae
from genbench_image.generators.wgan_gp import load_wgan_gp, wgan_gp
from numpy.random import default_rng

from genbench import DataError, Invalid, Samples, Undefined
from genbench.core.samples import concat

TINY = {
    "vae": (vae, load_vae, {}),
    "gan": (gan, load_gan, {}),
    "wgan-gp": (wgan_gp, load_wgan_gp, {"n_critic": 2}),
    "ddpm": (ddpm, load_ddpm, {"timesteps": 4, "channels": 8}),
}
SHAPES = [(8, 8, 1), (25, 25, 1), (32, 32, 3), (5, 12, 3), (1, 1, 1)]

each_generator = pytest.mark.parametrize("name", TINY)


def images(shape=(8, 8, 1), n=20):
    labels = np.arange(n) % 2 * 4 + 3
    return Samples.of("image", default_rng(0).integers(0, 256, (n, *shape), dtype=np.uint8), labels)


def quiet(step, total, **values):
    """Take a report."""


def fit(name, train=None, seed=1, **options):
    make, _, small = TINY[name]
    train = images() if train is None else train
    options = {"steps": 2, "log": quiet, **small, **options}
    return make(train, train.labels, rng=default_rng(seed), **options)


@each_generator
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_samples_are_as_many_images_of_the_training_space_as_were_asked_for(name, shape, modality):
    train = images(shape, 3)
    samples = fit(name, train).sample(7, rng=default_rng(2))
    modality("image").admit(samples, train.space, 7)
    assert samples.space == train.space
    assert samples.labels is None


@each_generator
def test_the_same_streams_give_the_same_bytes_and_others_do_not(name):
    first = fit(name).sample(9, rng=default_rng(2)).data
    assert np.array_equal(first, fit(name).sample(9, rng=default_rng(2)).data)
    assert not np.array_equal(first, fit(name, seed=3).sample(9, rng=default_rng(2)).data)
    assert not np.array_equal(first, fit(name).sample(9, rng=default_rng(4)).data)


@each_generator
def test_a_draw_does_not_depend_on_the_draws_before_it(name):
    sampler = fit(name)
    together = concat([sampler.sample(size, rng=default_rng((5, size))) for size in (4, 3)])
    assert np.array_equal(together.data[4:], sampler.sample(3, rng=default_rng((5, 3))).data)
    assert np.array_equal(together.data[:4], sampler.sample(4, rng=default_rng((5, 4))).data)


@each_generator
def test_more_samples_than_go_through_the_network_at_once_can_be_drawn(name):
    data = fit(name).sample(300, rng=default_rng(2)).data
    assert len(np.unique(data.reshape(300, -1), axis=0)) > 250


@each_generator
@pytest.mark.parametrize("conditional", [False, True])
def test_a_saved_sampler_draws_the_same_samples(name, conditional, tmp_path):
    sampler = fit(name, conditional=conditional)
    sampler.save(tmp_path)
    restored = TINY[name][1](tmp_path)
    kept, drawn = (s.sample(6, rng=default_rng(2)) for s in (sampler, restored))
    assert np.array_equal(kept.data, drawn.data)
    assert np.array_equal(kept.labels, drawn.labels) if conditional else drawn.labels is None
    assert restored.space == sampler.space
    assert restored.parameters == sampler.parameters > 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}


@each_generator
def test_a_saved_sampler_that_is_damaged_is_refused(name, tmp_path):
    load = TINY[name][1]
    with pytest.raises(DataError, match=f"saved model '{name}' cannot be read"):
        load(tmp_path)
    fit(name).save(tmp_path)
    weights = tmp_path / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-8])
    with pytest.raises(DataError, match="fit it again"):
        load(tmp_path)
    weights.write_bytes(whole)
    about = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(about | {"model": "other"}))
    with pytest.raises(DataError, match=f"describes the model 'other'; expected '{name}'"):
        load(tmp_path)


@each_generator
def test_global_random_states_are_left_alone(name):
    before = torch.random.get_rng_state().clone(), np.random.get_state()[1].copy()  # noqa: NPY002 - it is what is watched
    fit(name).sample(3, rng=default_rng(2))
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002 - as above


@each_generator
def test_labels_play_no_part_unless_they_are_asked_for(name):
    bare = Samples(images().data, images().space)
    labelled, unlabelled = fit(name), fit(name, bare)
    assert np.array_equal(
        labelled.sample(5, rng=default_rng(2)).data, unlabelled.sample(5, rng=default_rng(2)).data
    )


@each_generator
def test_a_conditional_model_draws_labels_in_their_training_shares(name):
    labels = np.repeat([3, 7], [15, 5])
    train = Samples(images().data, images().space, labels)
    drawn = fit(name, train, conditional=True, channels=8).sample(1000, rng=default_rng(2))
    assert drawn.labels.dtype == np.int64
    assert set(drawn.labels) == {3, 7}
    assert (drawn.labels == 3).mean() == pytest.approx(0.75, abs=0.05)  # 3.6 standard errors


@each_generator
def test_a_conditional_model_needs_labels(name):
    with pytest.raises(Undefined, match="needs a dataset with labels"):
        fit(name, Samples(images().data, images().space), conditional=True)


@each_generator
def test_what_is_no_image_is_refused(name):
    with pytest.raises(DataError, match="expected uint8 images, got vector samples of type float64"):
        fit(name, Samples.of("vector", np.zeros((4, 2))))
    with pytest.raises(DataError, match="at least one training image"):
        fit(name, images(n=0))


@pytest.mark.slow
@each_generator
def test_training_reports_finite_losses_about_a_hundred_times_and_at_the_end(name):
    seen = []
    fit(
        name,
        steps=205,
        channels=8,
        batch_size=4,
        log=lambda step, total, **values: seen.append((step, total, values)),
    )
    steps, totals, values = zip(*seen, strict=True)
    assert set(totals) == {205}
    assert list(steps) == [*range(2, 205, 2), 205]
    assert all(isinstance(loss, float) and math.isfinite(loss) for v in values for loss in v.values())
    assert all("loss" in v for v in values)


@each_generator
def test_training_that_diverges_is_said_to_have_diverged(name):
    with pytest.raises(Invalid, match="training diverged"):
        fit(name, learning_rate=1e30, steps=30).sample(5, rng=default_rng(2))


@pytest.mark.slow
@each_generator
def test_images_of_one_grey_are_learnt(name):
    train = Samples.of("image", np.full((8, 8, 8, 1), 200, np.uint8))
    options = {"timesteps": 20} if name == "ddpm" else {}
    data = fit(name, train, steps=150, batch_size=16, **options).sample(32, rng=default_rng(2)).data
    assert data.mean() == pytest.approx(200, abs=20)


@pytest.mark.slow
@each_generator
def test_samples_of_a_conditional_model_match_their_labels(name):
    labels = np.arange(40) % 2
    pixels = np.where(labels[:, None, None, None] == 1, 230, 25) + default_rng(3).integers(
        -20, 20, (40, 8, 8, 1)
    )
    train = Samples.of("image", pixels.astype(np.uint8), labels)
    options = {"ddpm": {"timesteps": 50}, "vae": {"latent_size": 2}}.get(name, {})
    drawn = fit(name, train, steps=300, batch_size=16, conditional=True, **options).sample(
        100, rng=default_rng(2)
    )
    is_bright = drawn.data.mean(axis=(1, 2, 3)) > 127.5
    assert (is_bright == (drawn.labels == 1)).mean() > 0.9


@pytest.mark.parametrize("name", ["vae", "gan", "wgan-gp"])
def test_a_latent_is_decoded_to_the_same_image_whatever_stands_beside_it(name):
    sampler = fit(name)
    latents = default_rng(6).standard_normal((5, sampler.network.latent_size))
    together = sampler.decode(latents).data.astype(int)
    alone = np.concatenate([sampler.decode(latents[i : i + 1]).data for i in range(5)]).astype(int)
    assert abs(together - alone).max() <= 1  # a grey level: rounding depends on the batch
    assert np.array_equal(sampler.decode(latents).data, together)


@pytest.mark.parametrize("name", ["vae", "gan", "wgan-gp"])
def test_decoding_with_labels_needs_labels_that_were_trained_on(name):
    sampler = fit(name, conditional=True)
    latents = default_rng(6).standard_normal((2, sampler.network.latent_size))
    assert sampler.decode(latents, np.array([3, 7])).data.shape == (2, 8, 8, 1)
    for labels in (None, np.array([3, 4])):
        with pytest.raises(Undefined, match="needs a label for each sample, among 3, 7"):
            sampler.decode(latents, labels)
