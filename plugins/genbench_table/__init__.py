"""Tables: their datasets, generators, extractor, faults and metrics."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, FaultSpec, GeneratorSpec, MetricSpec, hookimpl
from genbench_table import (
    datasets,
    detection,
    encoding,
    faults,
    generators,
    manifold,
    marginals,
    pairs,
    privacy,
    truth,
    utility,
)


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the datasets of tables."""
    return list(datasets.SPECS)


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractor of rows as numbers."""
    return list(encoding.SPECS)


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the generators of tables."""
    return list(generators.SPECS)


@hookimpl
def genbench_faults() -> list[FaultSpec]:
    """Return the faults of tables."""
    return list(faults.SPECS)


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the metrics of tables."""
    return [
        *marginals.SPECS,
        *pairs.SPECS,
        *detection.SPECS,
        *privacy.SPECS,
        *manifold.SPECS,
        *utility.SPECS,
        *truth.SPECS,
    ]
