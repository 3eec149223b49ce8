"""Tables: their datasets, generators, extractor and metrics."""

from __future__ import annotations

from genbench import ExtractorSpec, GeneratorSpec, hookimpl
from genbench_table import encoding, generators


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractor of rows as numbers."""
    return list(encoding.SPECS)


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the generators of tables."""
    return list(generators.SPECS)
