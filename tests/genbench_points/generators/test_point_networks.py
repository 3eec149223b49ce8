"""Networks on point clouds."""

from __future__ import annotations

import pytest
import torch
from genbench_points.generators.point_networks import Decoder, Encoder, chamfer_loss
from genbench_points.set_metrics.chamfer import chamfer_matrix


@pytest.fixture
def draw():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator)


def test_the_encoder_does_not_see_the_order_of_points(draw):
    network, clouds = Encoder(3, 8, 5), draw(2, 10, 3)
    found = network(clouds)
    assert found.shape == (2, 5)
    assert torch.equal(network(clouds[:, torch.randperm(10)]), found)


def test_the_decoder_makes_clouds_of_its_size(draw):
    assert Decoder(4, 8, 6, 3)(draw(2, 4)).shape == (2, 6, 3)


def test_the_loss_is_half_of_the_metric_s_distance(draw, samples_of, sides):
    one, other = draw(1, 20, 3), draw(1, 30, 3)
    expected = chamfer_matrix(*sides(samples_of(one.numpy()), samples_of(other.numpy()))).item() / 2
    assert chamfer_loss(one, other).item() == pytest.approx(expected, rel=1e-5)


def test_the_gradient_of_the_loss_is_that_of_differences(draw):
    one, other = draw(2, 5, 3).double(), draw(2, 7, 3).double().requires_grad_()
    torch.autograd.gradcheck(lambda moved: chamfer_loss(one, moved), (other,))
