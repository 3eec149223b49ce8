"""Datasets, faults, generators and metrics of point clouds."""

from __future__ import annotations

from genbench import DatasetSpec, FaultSpec, GeneratorSpec, MetricSpec, hookimpl
from genbench_points import datasets, faults, generators, set_metrics, truth


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the datasets of point clouds."""
    return list(datasets.SPECS)


@hookimpl
def genbench_faults() -> list[FaultSpec]:
    """Return the faults of point clouds."""
    return list(faults.SPECS)


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the generators of point clouds."""
    return list(generators.SPECS)


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the metrics of point clouds."""
    return [*set_metrics.SPECS, *truth.SPECS]
