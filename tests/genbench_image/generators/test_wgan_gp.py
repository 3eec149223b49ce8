"""The gradient penalty."""

from __future__ import annotations

import math

import pytest
import torch
from genbench_image.generators.wgan_gp import gradient_penalty
from torch import nn


class Linear(nn.Module):
    """The critic w . x, whose gradient is w everywhere."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(weights)

    def forward(self, images, numbers):
        return (images * self.weights).sum(dim=(1, 2, 3))


@pytest.mark.parametrize("length", [0.25, 1.0, 3.0])
def test_a_linear_critic_is_punished_for_the_length_of_its_weights(length):
    weights = torch.full((1, 3, 4), length / math.sqrt(12))
    penalty = gradient_penalty(Linear(weights), torch.rand(6, 1, 3, 4))
    assert penalty.item() == pytest.approx((length - 1) ** 2, abs=1e-6)


def test_the_penalty_can_be_differentiated_with_respect_to_the_critic():
    weights = torch.zeros(1, 2, 2)
    weights[0, 0, 0] = 3.0
    critic = Linear(weights)
    torch.autograd.backward(gradient_penalty(critic, torch.rand(5, 1, 2, 2)))
    expected = torch.zeros(1, 2, 2)
    expected[0, 0, 0] = 2 * (3 - 1)  # of (|w| - 1)^2 along w / |w|
    assert torch.allclose(critic.weights.grad, expected, atol=1e-6)


def test_each_image_is_punished_for_its_own_gradient():
    class Square(nn.Module):
        def forward(self, images, numbers):
            return images.square().sum(dim=(1, 2, 3)) / 2  # its gradient is the image

    images = torch.tensor([2.0, 0.5]).reshape(2, 1, 1, 1)
    assert gradient_penalty(Square(), images).item() == pytest.approx((1 + 0.25) / 2, rel=1e-6)
