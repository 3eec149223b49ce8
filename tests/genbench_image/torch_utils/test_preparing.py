"""Images of one or three channels become what networks of photographs take."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_image.torch_utils.preparing import at_least_one, check_images, colour, planes, resize_all, show

from genbench import Samples, Space, Undefined

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4, 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_and_colour_pass(channels):
    shape = (2, 2, channels)
    check_images(Samples(np.zeros((1, *shape), np.uint8), Space("image", shape)), "a-net")


@pytest.mark.parametrize("channels", [2, 4])
def test_other_channels_are_undefined(channels):
    shape = (2, 2, channels)
    with pytest.raises(Undefined, match=r"^a-net takes images of 1 or 3 channels, got .*; drop the other"):
        check_images(Samples(np.zeros((1, *shape), np.uint8), Space("image", shape)), "a-net")


def test_vectors_are_undefined():
    with pytest.raises(Undefined, match=r"^a-net takes images"):
        check_images(Samples(np.zeros((1, 3)), Space("vector", (3,))), "a-net")


def test_planes_are_copies_with_the_channels_first():
    found = planes(IMAGES, "cpu")
    assert found.shape == (2, 1, 3, 4)
    found += 1
    assert IMAGES.ravel()[0] == 0


def test_a_grey_image_counts_three_times_in_a_resized_one():
    found = resize_all(IMAGES, "cpu", lambda images, side: images[..., :side, :side], 2)
    assert found.shape == (2, 3, 2, 2)
    assert (found == found[:, :1]).all()
    assert colour(planes(IMAGES, "cpu")).shape == (2, 3, 3, 4)


def test_an_empty_batch_becomes_one_black_image():
    assert at_least_one(IMAGES) is IMAGES
    assert at_least_one(IMAGES[:0]).tolist() == np.zeros((1, 3, 4, 1)).tolist()


def test_what_is_shown_has_the_channels_last():
    np.testing.assert_array_equal(show(planes(IMAGES, "cpu")), IMAGES.astype(np.float32))
