"""Points on surfaces: on them, and uniform by area."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_points.datasets.surfaces import on_box, on_cylinder, on_sphere, on_torus, on_triangles

N = 20_000
FOUR_ERRORS = 4 / math.sqrt(4 * N)  # standard errors of a share at most


def test_points_on_a_sphere_have_its_radius_and_all_heights_alike(rng):
    points = on_sphere(N, 2.0, rng)
    assert np.allclose(np.linalg.norm(points, axis=1), 2)
    # by Archimedes, heights on a sphere are uniform
    assert np.allclose(np.histogram(points[:, 2], 4, (-2, 2))[0] / N, 1 / 4, atol=FOUR_ERRORS)


def test_points_on_a_box_are_on_its_faces_by_their_areas(rng):
    points = on_box(N, (1.0, 2.0, 3.0), rng)
    on_face = np.isclose(np.abs(points), np.array([0.5, 1.0, 1.5]), rtol=1e-12)
    assert (on_face.sum(axis=1) == 1).all()
    assert np.allclose(on_face.mean(axis=0), np.array([6, 3, 2]) / 11, atol=FOUR_ERRORS)
    assert np.allclose(points.mean(axis=0), 0, atol=0.05)


def test_points_on_a_torus_are_on_its_tube_and_more_of_them_outside(rng):
    points = on_torus(N, 3.0, 1.0, rng)
    far = np.hypot(points[:, 0], points[:, 1])
    assert np.allclose((far - 3) ** 2 + points[:, 2] ** 2, 1)
    # the outer half has the area 2 pi (pi R r + 2 r^2) of 4 pi^2 R r
    assert (far > 3).mean() == pytest.approx(0.5 + 1 / (3 * math.pi), abs=FOUR_ERRORS)


def test_points_on_a_cylinder_are_on_lids_and_wall_by_their_areas(rng):
    points = on_cylinder(N, 1.0, 3.0, rng)
    far = np.hypot(points[:, 0], points[:, 1])
    on_wall, on_lid = np.isclose(far, 1), np.isclose(np.abs(points[:, 2]), 1.5)
    assert (on_wall | on_lid).all()
    assert on_lid.mean() == pytest.approx(1 / 4, abs=FOUR_ERRORS)
    assert (far[on_lid] < math.sqrt(0.5)).mean() == pytest.approx(1 / 2, abs=2 * FOUR_ERRORS)


def test_points_on_triangles_are_in_them_by_their_areas(rng):
    corners = np.array([[(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(5, 0, 0), (8, 0, 0), (5, 1, 0)]], float)
    points = on_triangles(N, corners, rng)
    is_first = points[:, 0] < 2
    assert is_first.mean() == pytest.approx(1 / 4, abs=FOUR_ERRORS)
    assert (points[is_first].sum(axis=1) <= 1).all()
    assert np.allclose(points[is_first].mean(axis=0), (1 / 3, 1 / 3, 0), atol=0.02)


def test_a_triangle_without_an_area_gets_no_point(rng):
    corners = np.array([[(9, 9, 9)] * 3, [(0, 0, 0), (1, 0, 0), (0, 1, 0)]], float)
    assert on_triangles(100, corners, rng).max() <= 1
