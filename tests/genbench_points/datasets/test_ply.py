"""Vertices of PLY files."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from genbench_points.datasets.ply import from_ply

HEAD = "ply\nformat {} 1.0\ncomment by hand\nelement vertex 2\n{}end_header\n"
XYZ = "property float x\nproperty float y\nproperty float z\n"


def head(form="ascii", properties=XYZ):
    return HEAD.format(form, properties).encode()


def test_text_is_read_with_faces_and_other_properties_left_out(points):
    properties = "property uchar red\nproperty double z\nproperty float y\nproperty float x\n"
    body = b"7 2 -1.25 0.5\n7 -8 0.25 3\n3 0 1 0\n"
    faces = "element face 1\nproperty list uchar int vertex_indices\n"
    assert np.array_equal(from_ply(head(properties=properties + faces) + body, "a.ply"), points)


@pytest.mark.parametrize(("form", "order"), [("binary_little_endian", "<"), ("binary_big_endian", ">")])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_both_binary_forms_are_read(form, order, ends, points):
    properties = "property float x\nproperty double y\nproperty uchar red\nproperty int z\n"
    body = b"".join(struct.pack(f"{order}fdBi", x, y, 9, int(z)) for x, y, z in points)
    content = head(form, properties).replace(b"\n", ends.encode()) + body + b"faces"
    assert np.array_equal(from_ply(content, "a.ply"), points)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.ply has no header of a PLY file; expected the lines ply to end_header"),
        (
            head("utf-8"),
            "a.ply has the format 'utf-8'; expected ascii, binary_little_endian, binary_big_endian",
        ),
        (
            b"ply\nformat ascii 1.0\nelement face 1\nend_header\n",
            "a.ply does not begin with its vertices; expected the line element vertex N",
        ),
        (
            head(properties="property float x\nproperty float y\n"),
            "a.ply has vertices of x, y; expected x, y, z and single values",
        ),
        (
            head(properties=f"{XYZ}property list uchar int more\n"),
            "a.ply has vertices of x, y, z; expected x, y, z and single values",
        ),
        (head() + b"1 2 3\n", "a.ply ends after 1 of 2 vertices; make it again"),
        (head() + b"1 2 3\n4 5\n", "a.ply: vertex 2 has too few values; make it again"),
        (head() + b"1 2 3\n4 5 z\n", "a.ply after its header: line 2 is '4 5 z'; expected 3 numbers"),
        (head("binary_little_endian") + bytes(12), "a.ply ends after 1 of 2 vertices; make it again"),
    ],
)
def test_another_file_is_one_line(content, said, refusal):
    assert refusal(lambda: from_ply(content, "a.ply")) == said


def test_an_unknown_type_is_one_line(refusal):
    content = head(properties=XYZ.replace("float z", "half z"))
    assert refusal(lambda: from_ply(content, "a.ply")).startswith(
        "a.ply has values of type half; expected one of"
    )
