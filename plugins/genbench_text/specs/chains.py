"""Markov chains and hidden Markov models."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import GeneratorSpec

__all__ = ["CHAINS"]

CHAINS: tuple[GeneratorSpec, ...] = ()
