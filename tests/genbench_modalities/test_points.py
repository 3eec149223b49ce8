from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from genbench_modalities.points import Points
from numpy.random import default_rng

from genbench import Ragged, Samples


def test_clouds_of_equal_size_are_points():
    assert Points().from_memory(np.zeros((2, 9, 3), np.float32), None).space.modality == "points"
    for other in (np.zeros((2, 9, 5)), np.zeros((2, 9)), np.zeros((2, 9, 3), np.uint8)):
        assert Points().from_memory(other, None) is None


def dots(rendering, colour="#000000"):
    """Return the points of a picture in a colour."""
    paths = ET.fromstring(rendering.content.decode())  # noqa: S314 - made in this test
    found = [path.get("d") for path in paths if path.get("stroke") == colour]
    return sorted(tuple(map(int, place.split("h")[0].split())) for d in found for place in d.split("M")[1:])


def points(*clouds):
    return Samples.of("points", [np.array(cloud, np.float32) for cloud in clouds])


def test_a_picture_has_a_dot_for_each_point():
    rendering = Points().render(points([[0, 0, 5], [1, 2, 5], [1, 2, 9]]), 0, (0.0, 0.0, 2.0))
    assert rendering.media_type == "image/svg+xml"
    assert dots(rendering) == [(0, 256), (128, 0)]
    assert rendering.note.startswith("the first two of 3 coordinates, x from 0 to 2, y from 0 to 2;")


def test_points_beyond_the_picture_are_at_its_border_in_another_colour():
    rendering = Points().render(points([[1, 1], [-9, 1], [3e38, -3e38]]), 0, (0.0, 0.0, 2.0))
    assert (dots(rendering), dots(rendering, "#d55e00")) == ([(128, 128)], [(0, 128), (256, 256)])


@pytest.mark.parametrize(("number", "pixels"), [(3, 8), (100, 8), (300, 5), (3000, 4)])
def test_points_are_visible_where_the_picture_is_small(number, pixels):
    cloud = default_rng(0).normal(size=(number, 2))
    picture = ET.fromstring(Points().render(points(cloud), 0, (-4.0, -4.0, 8.0)).content.decode())  # noqa: S314
    assert int(picture.get("stroke-width")) == pixels
    left, _, width, _ = map(int, picture.get("viewBox").split())
    assert -left >= pixels / 2  # a point at the border is whole
    assert pixels * 128 / width >= 1.9  # pixels in a gallery


def test_clouds_of_one_scale_can_be_compared_in_size():
    small, large = [[0, 0], [1, 1]], [[0, 0], [2, 2]]
    clouds = points(small, large)
    scale = Points().scale(clouds)
    widths = [np.ptp([x for x, _ in dots(Points().render(clouds, n, scale))]) for n in (0, 1)]
    assert widths[1] / widths[0] == 2


def test_a_scale_is_a_square_around_all_clouds_with_a_margin():
    assert Points().scale(points([[0, 0], [10, 4]], [[0, 2], [10, 2]])) == (-0.5, -3.5, 11.0)
    assert Points().scale(points([[3, 3]])) == (2.5, 2.5, 1.0)  # a point has no extent of its own


@pytest.mark.parametrize("strange", [[[0, 0], [900, 900]], [[500, 0], [501, 1]], [[-3e38, 0], [3e38, 1]]])
def test_clouds_that_are_far_larger_or_elsewhere_do_not_make_the_others_small(strange):
    usual = [[[0, 0], [1, 1]]] * 3
    assert Points().scale(points(*usual, strange, strange)) == Points().scale(points(*usual))
    assert Points().scale(points(*usual, [[0, 0], [2, 2]])) == Points().scale(points([[0, 0], [2, 2]]))


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
