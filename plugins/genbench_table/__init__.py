"""Tables: their datasets, generators, extractor and metrics."""

from __future__ import annotations

from genbench import ExtractorSpec, hookimpl
from genbench_table import encoding


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractor of rows as numbers."""
    return list(encoding.SPECS)
