"""Features of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import ExtractorSpec

__all__ = ["EXTRACTORS"]

EXTRACTORS: tuple[ExtractorSpec, ...] = ()
