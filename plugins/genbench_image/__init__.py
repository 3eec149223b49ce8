"""Images: data sets, extractors and generators."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, hookimpl
from genbench_image.specs.datasets import DATASETS
from genbench_image.specs.extractors import EXTRACTORS
from genbench_image.specs.generators import GENERATORS
from genbench_image.specs.published import PUBLISHED


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the image data sets."""
    return list(DATASETS)


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the image extractors."""
    return [*EXTRACTORS, *PUBLISHED]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the image generators."""
    return list(GENERATORS)
