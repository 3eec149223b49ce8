"""A cloud in space turns: what moves is where the points are, within the rounding of angles."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from genbench_modalities.points import Points
from numpy.random import default_rng

from genbench import Samples

SVG = "{http://www.w3.org/2000/svg}"


def clouds(*each):
    return Samples.of("points", [np.asarray(cloud, np.float32) for cloud in each])


def places(path):
    return np.array([[float(x), float(y)] for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h", path.get("d"))])


def drawn(samples, number=0):
    """Return the picture at rest, and the moving points as (distance from the axis, height, angle)."""
    rendering = Points().render(samples, number, Points().scale(samples))
    root = ET.fromstring(rendering.content.decode())  # noqa: S314 - made in this test
    rest, moving = root.findall(f"{SVG}g")
    assert (rest.get("class"), moving.get("class"), moving.get("display")) == ("r", "m", "none")
    turned = []
    for path in moving:
        seconds = float(re.search(r"animation-delay:-([\d.]+)s", path.get("style"))[1])
        turned += [(radius, height, seconds / 18 * 2 * np.pi) for radius, height in places(path)]
    return np.concatenate([places(path) for path in rest]), np.array(turned)


def test_at_the_start_the_moving_points_are_at_the_places_of_those_at_rest():
    cloud = default_rng(0).normal(size=(60, 3))
    rest, moving = drawn(clouds(cloud))
    seen = np.stack([128 + moving[:, 0] * np.cos(moving[:, 2]), moving[:, 1]], axis=1)
    off = np.abs(rest[:, None] - seen[None]).max(axis=2).min(axis=1)
    assert off.max() <= 128 * np.sqrt(2) * np.sin(np.pi / 60) + 1  # half of 6 degrees, and a pixel


def test_after_a_quarter_of_a_turn_the_depth_is_seen():
    _, moving = drawn(clouds([[-1, 0, 0], [1, 0, 0], [0, 1, 2], [0, -1, -2]]))
    across = dict(zip(moving[:, 1].round(), moving[:, 0] * np.cos(moving[:, 2] + np.pi / 2), strict=True))
    heights = sorted(across)
    assert across[heights[0]] < -50  # the point of height 1, the upper one, at depth 2
    assert across[heights[-1]] > 50
    assert abs(across[heights[1]]) < 1


def test_a_turning_cloud_stays_in_the_picture():
    cube = np.stack(np.meshgrid([-1, 1], [-1, 1], [-1, 1]), axis=-1).reshape(-1, 3)
    samples = clouds(cube, cube * 0.5)
    _, moving = drawn(samples)
    assert moving[:, 0].max() <= 128
    assert len(Points().scale(samples)) == 4
    assert "turns about the y axis" in Points().render(samples, 0, Points().scale(samples)).note


def test_clouds_in_the_plane_do_not_turn():
    samples = clouds([[0, 0], [1, 2]])
    content = Points().render(samples, 0, Points().scale(samples)).content
    assert b"animation" not in content
    assert len(Points().scale(samples)) == 3


@pytest.mark.parametrize("points", [10, 1000])
def test_equal_clouds_give_equal_bytes_and_few(points):
    samples = clouds(default_rng(0).normal(size=(points, 3)))
    first, second = (Points().render(samples, 0, Points().scale(samples)).content for _ in range(2))
    assert first == second
    assert len(first) < 1500 + 26 * points + 60 * 60
