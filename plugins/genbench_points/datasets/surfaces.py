"""Independent points on the surfaces of shapes, uniform by area."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["on_box", "on_cylinder", "on_sphere", "on_torus", "on_triangles"]


def on_sphere(n: int, radius: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return `n` points, (n, 3) float64, on a sphere around the origin."""
    points = rng.standard_normal((n, 3))
    return np.asarray(radius * points / np.linalg.norm(points, axis=1, keepdims=True))


def on_box(n: int, sides: tuple[float, float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return `n` points, (n, 3) float64, on a box with these sides around the origin."""
    lengths = np.array(sides)
    areas = lengths.prod() / lengths  # of the faces across each axis
    axes = rng.choice(3, size=n, p=areas / areas.sum())
    points = rng.uniform(-0.5, 0.5, (n, 3))
    points[np.arange(n), axes] = rng.choice((-0.5, 0.5), size=n)
    return np.asarray(points * lengths)


def on_torus(n: int, ring: float, tube: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return `n` points, (n, 3) float64, on a torus around the z axis.

    ring  distance of the middle of the tube from the axis, greater than `tube`, its radius

    A strip of the tube at the angle a has an area in proportion to ring + tube cos a; others are rejected.
    """
    angles = np.empty(0)
    while len(angles) < n:
        drawn = rng.uniform(0, 2 * math.pi, 2 * n)
        accepted = rng.uniform(0, ring + tube, 2 * n) < ring + tube * np.cos(drawn)
        angles = np.concatenate([angles, drawn[accepted]])
    angles, turns = angles[:n], rng.uniform(0, 2 * math.pi, n)
    far = ring + tube * np.cos(angles)
    return np.stack([far * np.cos(turns), far * np.sin(turns), tube * np.sin(angles)], axis=1)


def on_cylinder(n: int, radius: float, height: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return `n` points, (n, 3) float64, on a closed cylinder around the z axis and the origin."""
    on_lid = rng.random(n) < radius / (radius + height)  # two lids of pi r^2, a wall of 2 pi r h
    turns = rng.uniform(0, 2 * math.pi, n)
    far = radius * np.where(on_lid, np.sqrt(rng.random(n)), 1.0)
    up = height * np.where(on_lid, rng.choice((-0.5, 0.5), size=n), rng.uniform(-0.5, 0.5, n))
    return np.stack([far * np.cos(turns), far * np.sin(turns), up], axis=1)


def on_triangles(n: int, corners: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return `n` points, (n, 3) float64, on triangles, (m, 3 corners, 3) float64, at least one with an area.

    A triangle is drawn in proportion to its area; x = (1 - sqrt r) A + sqrt r (1 - s) B + sqrt r s C is
    uniform on it for uniform r and s (Osada et al. 2002, doi:10.1145/571647.571648, sec. 3.1).
    """
    edges = corners[:, 1:] - corners[:, :1]
    areas = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1)
    drawn = rng.choice(len(corners), size=n, p=areas / areas.sum())
    root, share = np.sqrt(rng.random((n, 1))), rng.random((n, 1))
    along = root * ((1 - share) * edges[drawn, 0] + share * edges[drawn, 1])
    return np.asarray(corners[drawn, 0] + along)
