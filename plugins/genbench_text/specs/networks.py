"""Neural language models that are trained here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import GeneratorSpec

__all__ = ["NETWORKS"]

NETWORKS: tuple[GeneratorSpec, ...] = ()
