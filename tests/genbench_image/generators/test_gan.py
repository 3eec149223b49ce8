"""The losses of a generative adversarial network."""

from __future__ import annotations

import math

import pytest
import torch
from genbench_image.generators.gan import discriminator_loss, generator_loss


def test_a_discriminator_that_cannot_tell_loses_twice_the_log_of_two():
    logits = torch.zeros(5, 1)
    assert discriminator_loss(logits, logits).item() == pytest.approx(2 * math.log(2), rel=1e-6)
    assert generator_loss(logits).item() == pytest.approx(math.log(2), rel=1e-6)


def test_the_losses_are_those_of_the_paper():
    real, fake = torch.tensor([[1.5], [-0.5]]), torch.tensor([[0.3], [2.0]])
    expected = -(real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean())
    assert discriminator_loss(real, fake).item() == pytest.approx(expected.item(), rel=1e-6)
    assert generator_loss(fake).item() == pytest.approx(-fake.sigmoid().log().mean().item(), rel=1e-6)


def test_a_generator_whose_images_are_all_detected_still_has_a_gradient():
    logits = torch.full((1, 1), -20.0, requires_grad=True)
    torch.autograd.backward(generator_loss(logits))
    assert logits.grad.item() == pytest.approx(-1.0, abs=1e-6)
