"""Every pixel keeps its value through a network's range, and only finite numbers become pixels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.torch_utils.tensors import to_samples, to_tensor

from genbench import DataError, Invalid, Samples, Space

SPACE = Space("image", (16, 8, 2))


def test_each_of_256_pixels_comes_back():
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 8, 2)
    inside = to_tensor(Samples(pixels, SPACE), "cpu")
    assert (inside.shape, inside.dtype) == ((1, 2, 16, 8), torch.float32)
    assert (inside.min(), inside.max()) == (-1, 1)
    assert inside[0, 1, 0, 0] == pytest.approx(1 / 127.5 - 1)
    back = to_samples(inside, SPACE, np.array([3]))
    np.testing.assert_array_equal(back.data, pixels)
    assert back.labels.tolist() == [3]


def test_numbers_outside_the_range_are_clipped_and_others_rounded():
    space = Space("image", (1, 4, 1))
    found = to_samples(torch.tensor([[[[-9.0, 9.0, 0.6 / 127.5 - 1, 0.4 / 127.5 - 1]]]]), space)
    assert found.data.ravel().tolist() == [0, 255, 1, 0]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_finite_are_invalid(wrong):
    with pytest.raises(Invalid, match=r"^training diverged: 1 of 2 sampled values are not finite"):
        to_samples(torch.tensor([[[[0.0, wrong]]]]), Space("image", (1, 2, 1)))


def test_only_uint8_images_are_taken_and_at_least_one():
    with pytest.raises(DataError, match="expected uint8 images, got vector samples of type float64"):
        to_tensor(Samples(np.zeros((2, 3)), Space("vector", (3,))), "cpu")
    with pytest.raises(DataError, match="expected at least one training image, got none"):
        to_tensor(Samples(np.zeros((0, 16, 8, 2), np.uint8), SPACE), "cpu")
