"""Means of blocks of pixels."""

from __future__ import annotations

import numpy as np
from genbench_modalities.image import block_means

RNG = np.random.default_rng(4)


def test_each_pixel_is_the_rounded_mean_of_its_block():
    pictures = RNG.integers(0, 256, (3, 6, 9, 2)).astype(np.uint8)
    expected = pictures.reshape(3, 2, 3, 3, 3, 2).mean(axis=(2, 4))
    made = block_means(pictures, 3)
    assert (made.shape, made.dtype) == ((3, 2, 3, 2), np.uint8)
    assert np.abs(made - expected).max() <= 0.5


def test_the_last_blocks_are_smaller_where_a_side_is_no_multiple_of_the_factor():
    picture = np.zeros((1, 5, 4, 1), np.uint8)
    picture[0, 4] = 200
    assert block_means(picture, 2)[0, :, :, 0].tolist() == [[0, 0], [0, 0], [200, 200]]


def test_a_factor_of_one_changes_nothing_and_a_large_one_leaves_the_mean():
    pictures = RNG.integers(0, 256, (2, 5, 7, 3)).astype(np.uint8)
    assert (block_means(pictures, 1) == pictures).all()
    assert block_means(np.full((1, 600, 3, 1), 255, np.uint8), 1000).tolist() == [[[[255]]]]
