"""The networks that the generators share, and the U-Net."""

from __future__ import annotations

import pytest
import torch
from genbench_image.generators.convnets import Decoder, Encoder, halvings, normalisation
from genbench_image.generators.unet import UNet

SHAPES = pytest.mark.parametrize("shape", [(8, 8, 1), (7, 30, 3), (64, 64, 3)], ids=str)


def test_images_are_halved_to_four_or_less_and_at_least_twice():
    assert [halvings((side, side, 1)) for side in (1, 8, 16, 17, 28, 32, 64)] == [2, 2, 2, 3, 3, 3, 4]


@SHAPES
def test_encoder_and_decoder_fit_any_shape(shape):
    images = torch.rand(2, shape[2], *shape[:2])
    assert Encoder(shape, outputs=6, channels=8)(images).shape == (2, 6)
    decoded = Decoder(shape, latent_size=5, channels=8)(torch.randn(2, 5))
    assert decoded.shape == images.shape
    assert decoded.abs().max() <= 1


@pytest.mark.parametrize("channels", [1, 3, 12])
def test_any_number_of_channels_will_do(channels):
    assert Decoder((8, 8, 1), latent_size=2, channels=channels)(torch.randn(2, 2)).shape == (2, 1, 8, 8)
    assert UNet((8, 8, 1), channels=channels)(torch.rand(2, 1, 8, 8), torch.rand(2)).shape == (2, 1, 8, 8)


def test_no_group_is_so_small_that_normalising_it_hides_a_label():
    for channels in range(1, 70):
        groups = normalisation(channels).num_groups
        assert channels % groups == 0
        assert groups == 1 or channels // groups >= 4
    assert normalisation(32).num_groups == 8


def test_labels_change_what_the_networks_answer():
    latents, images = torch.randn(1, 5).expand(2, -1), torch.rand(1, 1, 8, 8).expand(2, -1, -1, -1)
    numbers = torch.tensor([0, 1])
    for answers in (
        Encoder((8, 8, 1), outputs=6, channels=8, classes=2)(images, numbers),
        Decoder((8, 8, 1), latent_size=5, channels=8, classes=2)(latents, numbers),
        _started(UNet((8, 8, 1), channels=8, classes=2))(images, torch.full((2,), 0.5), numbers),
    ):
        assert not torch.allclose(answers[0], answers[1])


def _started(network):
    """Give weights to the layers that start at zero."""
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.1 * torch.randn_like(weights))
    return network
