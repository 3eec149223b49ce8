"""The diffusion model: what it adds to the noise levels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.generators.ddpm import ddpm, mix

from genbench import Samples, Undefined

TRAIN = Samples.of("image", np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8))


def quiet(step, total, **values):
    """Take a report."""


def fit(train=TRAIN, **options):
    options = {"steps": 3, "timesteps": 6, "channels": 8, "log": quiet, **options}
    return ddpm(train, None, rng=np.random.default_rng(1), **options)


class Once:
    """A stream that gives its first noise and then refuses."""

    def __init__(self):
        self.rng, self.calls = np.random.default_rng(2), 0

    def standard_normal(self, *args, **kwargs):
        self.calls += 1
        return self.rng.standard_normal(*args, **kwargs)


def test_noisy_images_have_the_mean_and_variance_of_equation_4():
    noise = torch.from_numpy(np.random.default_rng(3).standard_normal((200_000, 1, 1, 1), dtype=np.float32))
    noisy = mix(torch.full_like(noise, 0.5), noise, torch.tensor(0.36))
    assert noisy.mean().item() == pytest.approx(0.6 * 0.5, abs=0.01)
    assert noisy.var().item() == pytest.approx(0.64, abs=0.01)


@pytest.mark.parametrize(
    ("options", "draws"),
    [({}, 6), ({"sampling_steps": 3}, 1), ({"sampling_steps": 3, "eta": 1.0}, 3), ({"eta": 0.0}, 6)],
)
def test_ddim_draws_no_noise_but_the_first_and_ddpm_draws_some_at_every_step_but_the_last(options, draws):
    stream = Once()
    fit(**options).sample(4, rng=stream)
    assert stream.calls == draws


def test_all_steps_of_ddim_with_full_noise_are_those_of_ddpm():
    plain, short = fit(), fit(sampling_steps=6, eta=1.0)
    first, second = (sampler.sample(5, rng=np.random.default_rng(2)).data for sampler in (plain, short))
    assert np.array_equal(first, second)


def test_more_sampling_steps_than_times_are_refused():
    with pytest.raises(Undefined, match="sampling_steps = 7 exceeds timesteps = 6"):
        fit(sampling_steps=7)


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_either_schedule_trains(schedule):
    assert len(fit(schedule=schedule).sample(3, rng=np.random.default_rng(2))) == 3


def test_training_lessens_the_loss():
    losses = []
    train = Samples.of("image", np.full((10, 8, 8, 1), 90, np.uint8))
    fit(
        train,
        steps=100,
        timesteps=50,
        batch_size=16,
        log=lambda step, total, **values: losses.append(values["loss"]),
    )
    assert np.mean(losses[:3]) > 0.8  # the loss of a network that says nothing is 1
    assert np.mean(losses[-10:]) < 0.4


def test_the_weights_are_averaged_over_training():
    last, averaged = fit(steps=20, ema_decay=0.0), fit(steps=20, ema_decay=0.999)
    first = fit(steps=1, learning_rate=1e-30)
    size = [
        sum(
            (a - b).square().sum().item()
            for a, b in zip(s.network.parameters(), first.network.parameters(), strict=True)
        )
        for s in (last, averaged)
    ]
    assert 0 < size[1] < size[0]
