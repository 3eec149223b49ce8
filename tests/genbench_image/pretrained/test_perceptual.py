"""Features of a perceptual network, with random weights: batches, sizes and channels."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_image.pretrained.lpips import lpips

from genbench import Samples, Undefined


def test_features_of_an_image_do_not_depend_on_its_neighbours(files, images):
    extractor = lpips(**files, device="cpu")
    crops = np.concatenate(
        [images[:, a : a + 40, b : b + 48] for a in range(0, 120, 20) for b in range(0, 120, 24)]
    )
    whole = extractor(Samples.of("image", crops))["features"]
    assert len(whole) == 120
    assert np.array_equal(extractor(Samples.of("image", crops[77:80]))["features"], whole[77:80])


def test_grey_images_are_colour_images_of_three_equal_channels(files, images):
    extractor = lpips(**files, device="cpu")
    grey = images[:, :64, :64, :1]
    one = extractor(Samples.of("image", grey))["features"]
    assert np.array_equal(one, extractor(Samples.of("image", np.repeat(grey, 3, axis=3)))["features"])


def test_images_are_resized_to_the_size_that_is_asked_for(files, images):
    small = lpips(**files, size=64, device="cpu")(Samples.of("image", images))["features"]
    assert small.shape == (4, 31872)
    as_they_are = lpips(**files, device="cpu")(Samples.of("image", images[:, :64, :64]))["features"]
    again = lpips(**files, size=64, device="cpu")(Samples.of("image", images[:, :64, :64]))["features"]
    assert np.array_equal(again, as_they_are)


def test_no_images_have_no_rows(files):
    assert lpips(**files, device="cpu")(Samples.of("image", np.zeros((0, 64, 64, 3), np.uint8)))[
        "features"
    ].shape == (0, 31872)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((8, 8, 3), "8x8 are too small for this backbone; set size"),
        ((64, 64, 4), "images of 1 or 3 channels, got image 64x64x4"),
    ],
)
def test_images_that_the_backbone_cannot_take_have_no_features(shape, reason, files):
    with pytest.raises(Undefined, match=reason):
        lpips(**files, device="cpu")(Samples.of("image", np.zeros((2, *shape), np.uint8)))


def test_other_samples_have_no_features(files):
    with pytest.raises(Undefined, match="lpips takes images of 1 or 3 channels, got text"):
        lpips(**files, device="cpu")(Samples.of("text", ["a"]))
