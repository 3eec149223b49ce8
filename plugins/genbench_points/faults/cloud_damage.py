"""Damage to point clouds that keeps their numbers of points: parts, duplicates, mixing, size and pose."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genbench import Ragged, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["part_dropped", "points_duplicated", "points_mixed", "rotate", "scale"]

_FEW = 2  # points of which one can be missing


def part_dropped(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return clouds without the share `level` of their points, those farthest in a direction of each cloud.

    Duplicates of the others fill the gap. Raises Undefined if no cloud has two points.
    """

    def damage(cloud: NDArray[np.float32]) -> NDArray[np.float32]:
        direction = rng.standard_normal(cloud.shape[1])
        kept = len(cloud) - min(round(level * len(cloud)), len(cloud) - 1)
        left = np.argsort(cloud @ direction, kind="stable")[:kept]
        filled = np.concatenate([left, rng.choice(left, len(cloud) - kept)])
        return np.asarray(cloud[np.sort(filled)])

    return _each(real, damage)


def points_duplicated(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return clouds in which duplicates of the other points replace the share `level`, drawn at random.

    At least one point of each cloud remains. Raises Undefined if no cloud has two points.
    """

    def damage(cloud: NDArray[np.float32]) -> NDArray[np.float32]:
        order = rng.permutation(len(cloud))
        count = min(round(level * len(cloud)), len(cloud) - 1)
        source = np.arange(len(cloud))
        source[order[:count]] = rng.choice(order[count:], count)
        return cloud[source]

    return _each(real, damage)


def points_mixed(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return clouds of which the share `level` of all points, drawn at random, changes places.

    Raises Undefined if there is one cloud only.
    """
    if len(real) < _FEW:
        raise Undefined("there is one cloud, whose points have no other to go to; expected at least two")
    values = real.data.values
    moved = rng.choice(len(values), size=round(level * len(values)), replace=False)
    mixed = values.copy()
    mixed[moved] = values[rng.permutation(moved)]
    return replace(real, data=Ragged(mixed, real.data.offsets))


def scale(real: Samples, level: float) -> Samples:
    """Return clouds that are `level` times as large, each around the mean of its points."""

    def damage(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
        centre = cloud.mean(axis=0)
        return np.asarray(centre + level * (cloud - centre))

    return _damage_clouds(real, damage)


def rotate(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return clouds turned by `level` degrees around the mean of their points, each about an axis of its own.

    In the plane, a cloud turns to the left or to the right. Raises Undefined for clouds that have not 2 or 3
    dimensions.
    """
    if real.space.shape not in ((2,), (3,)):
        raise Undefined("turns clouds of 2 or 3 dimensions")

    def damage(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
        centre = cloud.mean(axis=0)
        turn = _turn(cloud.shape[1], math.radians(level), rng)
        return np.asarray(centre + (cloud - centre) @ turn.T)

    return _damage_clouds(real, damage)


def _turn(dimensions: int, angle: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a rotation by an angle about a uniform axis, by Rodrigues' formula."""
    if dimensions == 2:  # noqa: PLR2004 - the plane
        angle *= rng.choice((-1, 1))
        return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    axis = rng.standard_normal(3)
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)


def _each(real: Samples, damage: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Samples:
    if real.data.lengths.max(initial=0) < _FEW:
        raise Undefined("no cloud has two points; expected one of at least two")
    return replace(real, data=Ragged.of([damage(cloud) if len(cloud) else cloud for cloud in real.data]))


def _damage_clouds(real: Samples, damage: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Samples:
    clouds = (cloud.astype(np.float64) for cloud in real.data)
    moved = [damage(cloud) if len(cloud) else cloud for cloud in clouds]
    return replace(real, data=Ragged.of([cloud.astype(real.data.values.dtype) for cloud in moved]))
