"""Least-squares fits of spheres, boxes, tori and cylinders around the origin and along the axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]
    Ranges = Mapping[str, tuple[float, float]]

__all__ = ["FAMILIES", "Fit", "best_fit"]

_MOST_ROUNDS = 50  # a few suffice; clouds that are no such shape may go on for ever
_ROUNDING = 1e-6  # of the largest size: what float32 does to coordinates, which is no misfit


@dataclass(frozen=True)
class Fit:
    """The shape that is nearest to a cloud.

    kind    of the shape
    sizes   its parameters by name
    misfit  root of the mean squared distance of the cloud's points to its surface; 0 if only rounding differs
    """

    kind: str
    sizes: dict[str, float]
    misfit: float


@dataclass(frozen=True)
class _Family:
    """One kind of shape.

    names      of its parameters
    estimate   a cloud, (n, 3) float64 -> its parameters by least squares, (k,) float64
    distances  a cloud and parameters -> the distance of each point to the surface, (n,) float64
    """

    names: tuple[str, ...]
    estimate: Callable[[Reals], Reals]
    distances: Callable[[Reals, Reals], Reals]


def best_fit(cloud: Reals, kinds: Mapping[str, Ranges]) -> Fit:
    """Return the shape of some kinds that is nearest to a cloud.

    cloud  (n, 3) float64
    kinds  names of FAMILIES, each with the range of each of its parameters: an estimate beyond a range
           becomes its end
    """
    fits = (_fit_family(cloud, kind, ranges) for kind, ranges in kinds.items())
    return min(fits, key=lambda fit: fit.misfit)


def _fit_family(cloud: Reals, kind: str, ranges: Ranges) -> Fit:
    family = FAMILIES[kind]
    low, high = np.array([ranges[name] for name in family.names]).T
    sizes = family.estimate(cloud).clip(low, high)
    misfit = float(np.sqrt(np.mean(family.distances(cloud, sizes) ** 2)))
    named = dict(zip(family.names, sizes.tolist(), strict=True))
    return Fit(kind, named, misfit if misfit > _ROUNDING * high.max() else 0.0)


def _sphere(cloud: Reals) -> Reals:
    return np.asarray(np.linalg.norm(cloud, axis=1).mean(keepdims=True))


def _to_sphere(cloud: Reals, sizes: Reals) -> Reals:
    return np.asarray(np.linalg.norm(cloud, axis=1) - sizes[0])


def _box(cloud: Reals) -> Reals:
    return 2 * _faces(np.abs(cloud))


def _to_box(cloud: Reals, sizes: Reals) -> Reals:
    return _to_faces(np.abs(cloud), sizes / 2)


def _cylinder(cloud: Reals) -> Reals:
    radius, half = _faces(_profile(cloud))
    return np.array([radius, 2 * half])


def _to_cylinder(cloud: Reals, sizes: Reals) -> Reals:
    return _to_faces(_profile(cloud), sizes * (1, 0.5))


def _profile(cloud: Reals) -> Reals:
    """Return the distance of each point from the z axis, and from the plane z = 0, (n, 2) float64."""
    return np.stack([np.hypot(cloud[:, 0], cloud[:, 1]), np.abs(cloud[:, 2])], axis=1)


def _faces(places: Reals) -> Reals:
    """Return the distances of faces from the origin, (k,) float64, for points on one face or another.

    places  (n, k) float64 >= 0: how far points are along the normals of faces

    A point belongs to the face that it is farthest beyond, or least within; the place of a face is the mean
    of its points. Both steps are repeated, from the outermost points, until nothing changes.
    """
    faces = places.max(axis=0)
    for _ in range(_MOST_ROUNDS):
        nearest = (places - faces).argmax(axis=1)
        counts = np.bincount(nearest, minlength=len(faces))
        along = places[np.arange(len(places)), nearest]
        means = np.bincount(nearest, along, len(faces)) / counts.clip(min=1)
        moved = np.where(counts > 0, means, faces)
        if np.array_equal(moved, faces):
            break
        faces = moved
    return np.asarray(faces)


def _to_faces(places: Reals, faces: Reals) -> Reals:
    """Return the distance of each point to the nearest face, edge or corner, (n,) float64."""
    beyond = places - faces
    outside = np.linalg.norm(beyond.clip(min=0), axis=1)
    return np.asarray(np.where(outside > 0, outside, -beyond.max(axis=1)))


def _torus(cloud: Reals) -> Reals:
    """Return the ring and the tube: a circle around (ring, 0) in the half-plane of points (far, up).

    The algebraic fit, a linear regression of far^2 + up^2 = 2 ring far + tube^2 - ring^2, is the start of the
    geometric one by Gauss and Newton's method, which goes on while the distances become smaller: Gander,
    Golub and Strebel 1994, doi:10.1007/BF01934268, sec. 2 and 3.
    """
    far, up = _profile(cloud).T
    ones = np.ones(len(far))
    ring, rest = np.linalg.lstsq(np.stack([2 * far, ones], axis=1), far**2 + up**2, rcond=None)[0]
    sizes = np.array([ring, np.sqrt(max(rest + ring**2, 0.0))])
    for _ in range(_MOST_ROUNDS):
        reach = np.hypot(far - sizes[0], up)
        slope = (sizes[0] - far) / np.where(reach > 0, reach, 1)
        change = np.linalg.lstsq(np.stack([slope, -ones], axis=1), sizes[1] - reach, rcond=None)[0]
        apart, nearer = (np.sum(_to_torus(cloud, found) ** 2) for found in (sizes, sizes + change))
        if not nearer < apart:
            break
        sizes = sizes + change
    return np.asarray(sizes)


def _to_torus(cloud: Reals, sizes: Reals) -> Reals:
    far, up = _profile(cloud).T
    return np.asarray(np.hypot(far - sizes[0], up) - sizes[1])


#: The kinds of shapes that can be fitted.
FAMILIES: dict[str, _Family] = {
    "sphere": _Family(("radius",), _sphere, _to_sphere),
    "box": _Family(("width", "depth", "height"), _box, _to_box),
    "torus": _Family(("ring", "tube"), _torus, _to_torus),
    "cylinder": _Family(("radius", "height"), _cylinder, _to_cylinder),
}
