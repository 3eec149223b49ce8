"""Noise and blur."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.faults.numeric import blur, noisy
from numpy.random import default_rng

from genbench import Samples
from genbench.core.spaces import Space

GREY = Samples.of("image", np.full((200, 8, 8, 1), 128, np.uint8), np.arange(200) % 3)


def test_noise_has_the_standard_deviation_that_was_asked_for_as_a_share_of_the_range():
    found = noisy(GREY, 0.1, default_rng(0))
    assert found.data.std() == pytest.approx(25.5, rel=0.02)
    assert found.data.mean() == pytest.approx(128, abs=0.5)
    assert (found.data.dtype, found.space) == (np.uint8, GREY.space)
    assert np.array_equal(found.labels, GREY.labels)


def test_noise_stays_within_the_space():
    found = noisy(GREY, 2.0, default_rng(0))
    assert (found.data.min(), found.data.max()) == (0, 255)


def test_pixels_with_noise_are_rounded_and_not_cut_off():
    drawn = default_rng(0).standard_normal(GREY.data.shape, dtype=np.float32) * np.float32(25.5)
    expected = np.rint(128 + drawn).clip(0, 255)
    np.testing.assert_array_equal(noisy(GREY, 0.1, default_rng(0)).data, expected)


def test_noise_on_vectors_follows_the_range_of_the_data():
    vectors = Samples.of("vector", np.tile([5.0, 15.0], (5_000, 1)))
    found = noisy(vectors, 0.1, default_rng(0))
    assert (found.data - vectors.data).std() == pytest.approx(1.0, rel=0.03)
    assert found.data.dtype == np.float64


def test_noise_follows_the_range_of_the_data_where_the_space_has_one_bound():
    space = Space("vector", (2,), low=0.0)
    found = noisy(Samples(np.tile([5.0, 15.0], (5_000, 1)), space), 0.1, default_rng(0))
    assert (found.data - [5.0, 15.0]).std() == pytest.approx(1.0, rel=0.03)


def test_blur_leaves_a_flat_image_alone_and_flattens_a_point():
    assert np.array_equal(blur(GREY, 1.0).data, GREY.data)
    point = np.zeros((1, 9, 9, 1), np.uint8)
    point[0, 4, 4] = 255
    found = blur(Samples.of("image", point), 1.0).data[0, :, :, 0]
    assert found[4, 4] == pytest.approx(
        255 / (2 * np.pi), rel=0.03
    )  # the density of a Gaussian at its centre
    assert found[4, 4] > found[4, 5] > found[4, 6]
    assert np.array_equal(found, found.T)


def test_blur_mixes_neither_channels_nor_images():
    red = np.zeros((2, 8, 8, 3), np.uint8)
    red[0, :, :, 0] = 200
    assert np.array_equal(blur(Samples.of("image", red), 1.0).data, red)


def test_blur_and_noise_reach_each_frame_of_a_clip_and_keep_its_length():
    lengths = (3, 1, 2)
    clips = Samples.of("video", [np.full((n, 8, 8, 1), 128, np.uint8) for n in lengths], rate=10.0)
    dotted = Samples.of("video", [clip.copy() for clip in clips.data], rate=10.0)
    dotted.data[0][1, 4, 4] = 255
    soft = blur(dotted, 1.0)
    assert [len(clip) for clip in soft.data] == [3, 1, 2]
    assert soft.data[0][1, 4, 4] < 255
    assert np.array_equal(soft.data[0][0], clips.data[0][0])
    noise = noisy(clips, 2.0, default_rng(0))
    assert [len(clip) for clip in noise.data] == [3, 1, 2]
    assert (noise.data.values.min(), noise.data.values.max()) == (0, 255)
    assert (noise.data.values.dtype, noise.space) == (np.uint8, clips.space)


def test_damage_makes_new_samples():
    before = GREY.data.copy()
    noisy(GREY, 0.4, default_rng(0))
    blur(GREY, 1.0)
    assert np.array_equal(GREY.data, before)
