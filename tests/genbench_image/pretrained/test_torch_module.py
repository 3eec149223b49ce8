"""The extractor `torch-module`: one's own networks, from torch.export, TorchScript and safetensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.pretrained.torch_module import torch_module
from genbench_image.torch_utils.resizing import tf1_bilinear

from genbench import Samples, SuiteError, Undefined

IMAGES = Samples.of("image", np.random.default_rng(0).integers(0, 256, (10, 6, 6, 3), dtype=np.uint8))
GREY = Samples.of("image", IMAGES.data[..., :1])


def make(file, log=lambda *_: None, **options):
    return torch_module(file=file, device="cpu", log=log, **options)


def seen(script, samples=IMAGES, **options):
    """Return what the network is given, (n, channels, side, side)."""
    side = options.get("side") or 6
    found = make(script, **options)(samples)["features"]
    return found.reshape(len(samples), -1, side, side)


@pytest.mark.parametrize("kind", ["script", "exported"])
def test_a_network_is_given_pixels_in_zero_to_one_and_its_answer_is_flattened(kind, request):
    found = make(request.getfixturevalue(kind))(IMAGES)["features"]
    assert (found.shape, found.dtype.name) == ((10, 108), "float32")
    np.testing.assert_allclose(
        found.reshape(10, 3, 6, 6), IMAGES.data.transpose(0, 3, 1, 2) / 255, rtol=0, atol=1e-6
    )


def test_mean_and_std_are_of_all_channels_or_of_each(script):
    plain = seen(script)
    np.testing.assert_allclose(seen(script, mean=(0.5,), std=(0.5,)), 2 * plain - 1, rtol=0, atol=1e-6)
    mean, std = (0.1, 0.2, 0.3), (1.0, 2.0, 4.0)
    each = (plain - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    np.testing.assert_allclose(seen(script, mean=mean, std=std), each, rtol=0, atol=1e-6)


def test_images_are_resized_by_the_rule_that_is_named(script):
    pixels = torch.from_numpy(IMAGES.data).permute(0, 3, 1, 2).float()
    expected = tf1_bilinear(pixels, 9).numpy() / 255
    np.testing.assert_allclose(seen(script, side=9, resize="tf1"), expected, rtol=0, atol=1e-6)
    assert np.abs(seen(script, side=9) - expected).max() > 0.1


def test_grey_images_are_given_to_three_channels_or_to_one(script):
    one = seen(script, GREY, channels=1)
    assert one.shape == (10, 1, 6, 6)
    np.testing.assert_array_equal(seen(script, GREY), one.repeat(3, axis=1))
    with pytest.raises(Undefined, match="channels = 1 takes grey images, got image 6x6x3"):
        seen(script, IMAGES, channels=1)


def test_as_many_numbers_as_channels_are_needed(script):
    with pytest.raises(SuiteError, match="mean has 2 numbers; expected one, or one for each of the 3"):
        make(script, mean=(0.1, 0.2))


def test_progress_is_told_and_no_images_give_no_rows(script):
    told = []
    extractor = make(script, log=lambda *step: told.append(step))
    extractor(IMAGES)
    assert told == [(8, 10), (10, 10)]
    assert extractor(IMAGES.take(slice(0, 0)))["features"].shape[0] == 0


def test_other_samples_are_refused(script):
    with pytest.raises(Undefined, match="torch-module takes images of 1 or 3 channels"):
        make(script)(Samples.of("text", ["a"]))
