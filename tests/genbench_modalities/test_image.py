from __future__ import annotations

import io

import numpy as np
import pytest
from genbench_modalities.image import Image
from numpy.random import default_rng
from PIL import Image as Picture

from genbench import Samples, Space
from genbench.core.samples import digests


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_unsigned_integers_with_one_three_or_four_channels_are_images(channels):
    made = Image().from_memory(np.zeros((2, 8, 9, channels), np.uint8), None)
    assert made.space == Space("image", (8, 9, channels), low=0, high=255)


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3, 8, 9), np.uint8), np.zeros((2, 8, 9, 3)), np.zeros((2, 8, 9), np.uint8), "x"]
)
def test_other_objects_are_none(array):
    assert Image().from_memory(array, None) is None


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_picture_has_the_pixels_of_the_image(channels):
    images = default_rng(0).integers(0, 256, (2, 5, 4, channels)).astype(np.uint8)
    rendering = Image().render(Samples.of("image", images), 1)
    pixels = np.asarray(Picture.open(io.BytesIO(rendering.content)))
    expected = images[1] if channels > 2 else images[1, ..., 0]
    assert rendering.media_type == "image/png"
    np.testing.assert_array_equal(pixels, expected)


def test_a_grey_image_is_the_same_with_one_channel_and_with_three():
    grey = default_rng(0).integers(0, 256, (3, 5, 4, 1)).astype(np.uint8)
    colour = np.repeat(grey, 3, axis=3)
    colour[1, 2, 3, 0] ^= 1
    one, three = (digests(Samples.of("image", Image().same(Samples.of("image", x)))) for x in (grey, colour))
    assert [first == second for first, second in zip(one, three, strict=True)] == [True, False, True]
    assert len({*one, *three}) == 4


def test_smaller_images_have_the_means_of_blocks():
    images = default_rng(0).integers(0, 256, (2, 6, 4, 3)).astype(np.uint8)
    expected = images.reshape(2, 3, 2, 2, 2, 3).mean(axis=(2, 4))
    assert np.abs(Image().shrink(Samples.of("image", images), 2) - expected).max() <= 0.5


def test_pixels_are_uniform_whatever_the_images_are():
    train = Samples.of("image", np.full((3, 8, 8, 3), 7, np.uint8))
    drawn = Image().noise(train)(200, default_rng(0))
    counts = np.bincount(drawn.ravel(), minlength=256)
    assert counts.all()  # 0 and 255 too
    expected = drawn.size / 256
    # chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 5 * 22.6
