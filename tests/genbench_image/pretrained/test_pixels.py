"""The extractor `pixels`."""

from __future__ import annotations

import numpy as np
from genbench_image.pretrained.pixels import pixels

from genbench import Samples


def test_features_are_the_pixels_in_rows_between_0_and_1():
    images = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3) * 11
    features = pixels()(Samples.of("image", images))["features"]
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, images.reshape(2, 12) / 255, rtol=1e-7)


def test_one_image_and_none_keep_their_width():
    extract = pixels()
    for n in (0, 1):
        assert extract(Samples.of("image", np.zeros((n, 4, 3, 1), np.uint8)))["features"].shape == (n, 12)
