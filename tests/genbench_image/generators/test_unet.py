"""The U-Net of `ddpm` fits images of any shape, and starts without an answer."""

from __future__ import annotations

import pytest
import torch
from genbench_image.generators.unet import UNet


@pytest.mark.parametrize("shape", [(8, 8, 1), (7, 30, 3), (64, 64, 3)], ids=str)
def test_the_unet_answers_in_the_shape_of_its_input(shape):
    images = torch.rand(2, shape[2], *shape[:2])
    assert UNet(shape, channels=8)(images, torch.tensor([0.1, 1.0])).shape == images.shape


def test_an_untrained_unet_sees_no_noise():
    assert not UNet((8, 8, 1), channels=8)(torch.rand(2, 1, 8, 8), torch.rand(2)).any()
