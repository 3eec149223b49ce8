"""Damage to the strings of molecules: open brackets, shuffled characters and truncation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["invalid", "shuffle_characters", "truncate_strings"]

_OPEN = "["  # neither SMILES nor SELFIES end with it
_FEW = 2  # characters that can swap places


def invalid(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return strings of which the share `level`, drawn at random, ends with a bracket that nothing closes."""
    chosen = set(rng.choice(len(real), size=round(level * len(real)), replace=False).tolist())
    return replace(
        real, data=tuple(text + _OPEN if at in chosen else text for at, text in enumerate(real.data))
    )


def shuffle_characters(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return strings in which characters, each chosen with probability `level`, swap places within theirs.

    Raises Undefined if no string has two characters.
    """
    if max(map(len, real.data), default=0) < _FEW:
        raise Undefined("no string has two characters; expected one of at least two")
    return replace(real, data=tuple(_shuffle(text, level, rng) for text in real.data))


def truncate_strings(real: Samples, level: float) -> Samples:
    """Return the first characters of each string, the share `level` of them, at least one."""
    return replace(real, data=tuple(text[: max(1, round(level * len(text)))] for text in real.data))


def _shuffle(text: str, share: float, rng: np.random.Generator) -> str:
    moved = np.flatnonzero(rng.random(len(text)) < share)
    found = list(text)
    for place, source in zip(moved, rng.permutation(moved), strict=True):
        found[place] = text[source]
    return "".join(found)
