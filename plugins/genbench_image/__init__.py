"""Datasets, extractors and generators of images."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, hookimpl
from genbench_image import classifiers, datasets, generators, inception, pretrained


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the image datasets."""
    return list(datasets.SPECS)


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the image extractors."""
    return [*classifiers.SPECS, *inception.SPECS, *pretrained.SPECS]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the image generators."""
    return list(generators.SPECS)
