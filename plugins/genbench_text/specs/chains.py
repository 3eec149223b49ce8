"""Markov chains and hidden Markov models."""

from __future__ import annotations

from genbench import GeneratorSpec

__all__ = ["CHAINS"]

CHAINS = (
    GeneratorSpec(
        name="markov",
        make="genbench_text.markov:markov",
        load="genbench_text.markov:load_markov",
        summary="a Markov chain of characters or words, Kneser-Ney smoothed",
        source="Chen and Goodman (1999), doi:10.1006/csla.1999.0128",
        spaces=("text",),
    ),
)
