"""Clouds in XYZ and OFF files."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.text_clouds import from_off, from_xyz


@pytest.mark.parametrize(
    "text",
    [
        "0.5 -1.25 2\n3 .25 -8\n",
        "# x y z\n\n0.5,-1.25,2.0\r\n3,0.25,-8",
        "0.5;-1.25;2;255;0;0\n3;0.25;-8;0;255;0\n",
        "\ufeff5e-1\t-1.25\t2\n  3 0.25 -8  \n",
    ],
)
def test_lines_of_numbers_are_points(text, points):
    assert np.array_equal(from_xyz(text.encode(), "a.xyz"), points)


def test_two_numbers_a_line_are_points_in_the_plane(points):
    assert np.array_equal(from_xyz(b"0.5 -1.25\n3 0.25", "a.xyz"), points[:, :2])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"2\nwater\nO 0 0 0\n", "a.xyz: line 1 is '2'; expected 2 or 3 numbers"),
        (b"1 2 3\nO 0 0\n", "a.xyz: line 2 is 'O 0 0'; expected 3 numbers"),
        (b"1 2 3\n4 5\n", "a.xyz: line 2 is '4 5'; expected 3 numbers"),
        (b"\xff\xfe", "a.xyz is no text in UTF-8; expected numbers as text"),
    ],
)
def test_another_xyz_file_is_one_line(content, said, refusal):
    assert refusal(lambda: from_xyz(content, "a.xyz")) == said


@pytest.mark.parametrize(
    "text",
    [
        "OFF\n2 1 0\n0.5 -1.25 2\n3 0.25 -8\n3 0 1 0\n",
        "OFF 2 0 0\n0.5 -1.25 2\n3 0.25 -8\n",
        "# made by hand\nCOFF\n\n2 0 0 # counts\n0.5 -1.25 2 255 0 0 255\n3 0.25 -8 0 0 0 255\n",
    ],
)
def test_vertices_of_an_off_file_are_points(text, points):
    assert np.array_equal(from_off(text.encode(), "a.off"), points)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.off does not begin with OFF; expected a file in the Object File Format"),
        (b"OFF\n", "a.off does not say how many vertices, faces and edges it has; expected 3 numbers"),
        (b"OFF\n2 x 0\n", "a.off does not say how many vertices, faces and edges it has; expected 3 numbers"),
        (b"OFF\n2 0 0\n1 2 3\n", "a.off ends after 1 of 2 vertices; make it again"),
        (b"OFF\n1 0 0\n1 2 z\n", "a.off: line 3 is '1 2 z'; expected 2 or 3 numbers"),
    ],
)
def test_another_off_file_is_one_line(content, said, refusal):
    assert refusal(lambda: from_off(content, "a.off")) == said
