"""Datasets and metrics of molecules and biological sequences."""

from __future__ import annotations

from genbench import DatasetSpec, MetricSpec, hookimpl
from genbench_molecule import sequences

_SPECS = (*sequences.SPECS,)


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the specs of the datasets."""
    return [spec for spec in _SPECS if isinstance(spec, DatasetSpec)]


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the specs of the metrics."""
    return [spec for spec in _SPECS if isinstance(spec, MetricSpec)]
