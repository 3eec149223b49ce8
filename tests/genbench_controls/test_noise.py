"""The control `noise`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_controls.noise import noise

from genbench import Samples, Undefined
from genbench.core.samples import check


def rng(seed=0):
    return np.random.default_rng(seed)


def test_pixels_are_uniform_whatever_the_images_are():
    train = Samples.of("image", np.full((3, 8, 8, 3), 7, np.uint8))
    drawn = noise(train).sample(200, rng=rng())
    check(drawn, train.space, 200)
    counts = np.bincount(drawn.data.ravel(), minlength=256)
    assert counts.all()  # 0 and 255 too
    expected = drawn.data.size / 256
    # chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 5 * 22.6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_coordinate_of_a_vector_keeps_to_the_range_it_has_in_train(dtype):
    train = Samples.of("vector", np.array([[0, -100], [1, 100]], dtype))
    drawn = noise(train).sample(1000, rng=rng())
    check(drawn, train.space, 1000)
    assert drawn.data.dtype == dtype
    assert (drawn.data.min(axis=0) >= [0, -100]).all()
    assert (drawn.data.max(axis=0) <= [1, 100]).all()
    np.testing.assert_allclose(drawn.data.std(axis=0), np.array([1, 200]) / np.sqrt(12), rtol=0.05)


def test_points_keep_to_the_range_of_their_axis():
    cloud = rng().uniform([0, 10, 20], [1, 12, 23], size=(5, 40, 3)).astype(np.float32)
    train = Samples.of("points", cloud)
    drawn = noise(train).sample(50, rng=rng())
    check(drawn, train.space, 50)
    assert (drawn.data.min(axis=(0, 1)) >= cloud.min(axis=(0, 1))).all()
    assert (drawn.data.max(axis=(0, 1)) <= cloud.max(axis=(0, 1))).all()


def test_each_point_may_lie_where_any_point_of_train_does():
    cloud = np.array([[[0, 10], [0, 10]], [[8, 10], [8, 30]]], np.float32)  # 2 clouds of 2 points
    sampler = noise(Samples.of("points", cloud))
    np.testing.assert_array_equal([sampler.low, sampler.high], [[0, 10], [8, 30]])
    drawn = sampler.sample(400, rng=rng()).data
    # Of 400 uniform values none misses a tenth of the range at either end but with probability 0.9^400.
    assert (drawn.min(axis=0) < [0.8, 12]).all()
    assert (drawn.max(axis=0) > [7.2, 28]).all()


def test_audio_keeps_to_the_range_of_all_of_it():
    train = Samples.of("audio", np.array([[0.0, 0.5], [-0.25, 0.0]], np.float32), rate=8000)
    drawn = noise(train).sample(500, rng=rng())
    check(drawn, train.space, 500)
    assert drawn.space.rate == 8000
    assert -0.25 <= drawn.data.min() < -0.2
    assert 0.45 < drawn.data.max() <= 0.5


def test_a_constant_stays_constant():
    train = Samples.of("vector", np.full((2, 1), 0.1, np.float32))
    assert (noise(train).sample(3, rng=rng()).data == np.float32(0.1)).all()


@pytest.mark.parametrize("kind", ["text", "sequence"])
def test_texts_have_lengths_and_characters_of_train(kind):
    train = Samples.of(kind, ["aab", "", "éccdd"])
    drawn = noise(train).sample(400, rng=rng())
    check(drawn, train.space, 400)
    assert {len(item) for item in drawn.data} == {0, 3, 5}
    text = "".join(drawn.data)
    assert set(text) == set("abcdé")
    shares = np.array([text.count(c) for c in "abcdé"]) / len(text)
    np.testing.assert_allclose(shares, 1 / 5, atol=0.05)  # uniform over the alphabet, not over the text


def test_empty_texts_give_empty_texts():
    assert noise(Samples.of("text", ["", ""])).sample(2, rng=rng()).data == ("", "")


def test_labels_come_from_train_or_not_at_all():
    images = np.zeros((4, 2, 2, 1), np.uint8)
    labelled = noise(Samples.of("image", images, [3, 3, 3, 9])).sample(400, rng=rng())
    assert set(labelled.labels) == {3, 9}
    assert 0.65 < np.mean(labelled.labels == 3) < 0.85
    assert noise(Samples.of("image", images)).sample(4, rng=rng()).labels is None


def test_the_draw_is_the_generators():
    sampler = noise(Samples.of("image", np.zeros((1, 4, 4, 1), np.uint8)))
    one, same, other = (sampler.sample(5, rng=rng(seed)).data for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_tables_and_empty_data_have_no_noise():
    with pytest.raises(Undefined, match="no noise for samples of kind table"):
        noise(Samples.of("table", pd.DataFrame({"a": [1]})))
    with pytest.raises(Undefined, match="train, which is empty"):
        noise(Samples.of("image", np.zeros((0, 2, 2, 1), np.uint8)))
