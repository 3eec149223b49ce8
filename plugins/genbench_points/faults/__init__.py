"""Faults of point clouds; noise and damage to whole sets are faults of the modalities."""

from __future__ import annotations

from functools import partial

from genbench import FaultSpec

__all__ = ["SPECS"]

_FAULT = partial(FaultSpec, modalities=("points",), effect="worse")

SPECS = (
    _FAULT(
        name="dropped-part",
        make="genbench_points.faults.cloud_damage:part_dropped",
        summary="a side of every cloud is missing; duplicates of its other points fill the gap",
        levels={"10 % of points": 0.1, "30 %": 0.3, "50 %": 0.5},
    ),
    _FAULT(
        name="duplicated-points",
        make="genbench_points.faults.cloud_damage:points_duplicated",
        summary="points of every cloud are replaced by duplicates of its other points",
        levels={"25 % of points": 0.25, "50 %": 0.5, "90 %": 0.9},
    ),
    _FAULT(
        name="mixed-points",
        make="genbench_points.faults.cloud_damage:points_mixed",
        summary="points change places with those of other clouds",
        levels={"5 % of points": 0.05, "30 %": 0.3, "100 %": 1.0},
    ),
    _FAULT(
        name="scaled",
        make="genbench_points.faults.cloud_damage:scale",
        summary="every cloud is larger",
        levels={"1.1 times": 1.1, "1.25": 1.25, "1.5": 1.5},
    ),
    _FAULT(
        name="rotated",
        make="genbench_points.faults.cloud_damage:rotate",
        summary="every cloud is turned about an axis of its own",
        levels={"10 degrees": 10.0, "30": 30.0, "90": 90.0},
    ),
)
