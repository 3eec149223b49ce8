"""The terms of the evidence lower bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from genbench_image.generators.vae import elbo_terms, kl_to_standard_normal, vae

from genbench import Samples


def test_the_divergence_of_the_prior_from_itself_is_zero():
    assert kl_to_standard_normal(torch.zeros(4, 3), torch.zeros(4, 3)) == 0


def test_the_divergence_is_that_of_two_normal_laws():
    mean, variance = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.5, 3.0]])
    laws = torch.distributions.Normal(mean, variance.sqrt()), torch.distributions.Normal(0.0, 1.0)
    expected = torch.distributions.kl_divergence(*laws).sum()
    assert kl_to_standard_normal(mean, variance.log()) == pytest.approx(expected.item(), rel=1e-6)
    by_hand = (0.5 + 1 - 1 - math.log(0.5)) / 2 + (3 + 4 - 1 - math.log(3)) / 2
    assert expected.item() == pytest.approx(by_hand, rel=1e-6)


def test_the_divergence_is_averaged_over_a_batch():
    mean = torch.tensor([[2.0], [0.0]])
    assert kl_to_standard_normal(mean, torch.zeros(2, 1)) == pytest.approx(1.0)


def test_the_misfit_is_half_the_pixels_times_the_log_of_the_squared_error():
    images = torch.zeros(2, 1, 3, 3)
    misfit, _ = elbo_terms(images, images + 0.5, torch.zeros(2, 1), torch.zeros(2, 1))
    assert misfit.item() == pytest.approx(4.5 * math.log(0.25), rel=1e-4)


def test_a_perfect_fit_has_a_finite_misfit():
    images = torch.zeros(2, 1, 3, 3)
    misfit, divergence = elbo_terms(images, images, torch.zeros(2, 1), torch.zeros(2, 1))
    assert misfit.item() == pytest.approx(4.5 * math.log(1e-6), rel=1e-6)
    assert divergence.item() == 0


def test_training_lessens_the_loss():
    data = np.random.default_rng(0).integers(0, 2, (40, 1, 1, 1), dtype=np.uint8) * np.full((8, 8, 1), 255)
    train, losses = Samples.of("image", data.astype(np.uint8)), []
    rng = np.random.default_rng(1)
    vae(train, None, steps=100, rng=rng, log=lambda step, total, **values: losses.append(values["loss"]))
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 50  # nats per image
