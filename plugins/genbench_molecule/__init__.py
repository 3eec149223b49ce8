"""The modality, datasets, extractors, metrics and faults of molecules and biological sequences."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, FaultSpec, MetricSpec, ModalitySpec, hookimpl
from genbench_molecule import chemnet, datasets, descriptors, faults, metrics, modality, sequences

_FAMILIES = (chemnet, datasets, descriptors, faults, metrics, modality, sequences)
_SPECS = [spec for family in _FAMILIES for spec in family.SPECS]


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the datasets."""
    return [spec for spec in _SPECS if isinstance(spec, DatasetSpec)]


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractors."""
    return [spec for spec in _SPECS if isinstance(spec, ExtractorSpec)]


@hookimpl
def genbench_faults() -> list[FaultSpec]:
    """Return the faults."""
    return [spec for spec in _SPECS if isinstance(spec, FaultSpec)]


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the metrics."""
    return [spec for spec in _SPECS if isinstance(spec, MetricSpec)]


@hookimpl
def genbench_modalities() -> list[ModalitySpec]:
    """Return the modality of molecules."""
    return [spec for spec in _SPECS if isinstance(spec, ModalitySpec)]
