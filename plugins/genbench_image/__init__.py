"""Images: data sets, extractors and generators."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, hookimpl


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the image data sets."""
    return []


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the image extractors."""
    return []


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the image generators."""
    return []
