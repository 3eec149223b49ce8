from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
from genbench_modalities.points import Points
from numpy.random import default_rng

from genbench import Ragged, Samples


def test_clouds_of_equal_size_are_points():
    assert Points().from_memory(np.zeros((2, 9, 3), np.float32), None).space.modality == "points"
    for other in (np.zeros((2, 9, 5)), np.zeros((2, 9)), np.zeros((2, 9, 3), np.uint8)):
        assert Points().from_memory(other, None) is None


def test_a_picture_has_a_dot_for_each_point():
    clouds = Samples.of("points", [np.array([[0, 0, 5], [1, 2, 5]], np.float32), np.ones((1, 3), np.float32)])
    rendering = Points().render(clouds, 0)
    dots = ET.fromstring(rendering.content.decode())  # noqa: S314 - made in this test
    assert rendering.media_type == "image/svg+xml"
    assert [(dot.get("cx"), dot.get("cy")) for dot in dots] == [("0.0", "256.0"), ("128.0", "0.0")]


def test_noise_has_the_range_of_each_axis_and_the_numbers_of_points_of_train():
    clouds = [default_rng(n).uniform([0, 10, 20], [1, 12, 23], (n, 3)).astype(np.float32) for n in (40, 60)]
    train = Samples.of("points", clouds)
    drawn = Points().noise(train)(50, default_rng(0))
    drawn.check()
    assert set(drawn.lengths) == {40, 60}
    assert (drawn.values.min(axis=0) >= train.data.values.min(axis=0)).all()
    assert (drawn.values.max(axis=0) <= train.data.values.max(axis=0)).all()


def test_each_point_may_lie_where_any_point_of_train_does():
    clouds = Ragged.of(np.array([[[0, 10], [0, 10]], [[8, 10], [8, 30]]], np.float32))
    drawn = Points().noise(Samples.of("points", clouds))(200, default_rng(0)).values
    # Of 400 uniform values none misses a tenth of the range at either end but with probability 0.9^400.
    assert (drawn.min(axis=0) < [0.8, 12]).all()
    assert (drawn.max(axis=0) > [7.2, 28]).all()
