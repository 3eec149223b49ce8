"""Language models that others trained: as generators, and as oracles that give likelihoods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import ExtractorSpec, GeneratorSpec

__all__ = ["LANGUAGE_MODELS", "ORACLES"]

LANGUAGE_MODELS: tuple[GeneratorSpec, ...] = ()
ORACLES: tuple[ExtractorSpec, ...] = ()
