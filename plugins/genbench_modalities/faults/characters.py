"""Damage to sequences of characters: shuffled, mutated, cut, repeated and reverse-complemented.

Characters are drawn from those of the samples, so damaged sequences belong to the alphabet of the real ones,
and to their space: none becomes longer.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench import Samples

__all__ = ["SLIGHT", "characters_shuffled", "cut", "mutate", "repeat", "reverse_complemented"]

#: The share of characters whose change a person would hardly notice.
SLIGHT = 0.05

_REPEATED = 4  # characters that repeat, as many as the words of the fault `loops`
_FEW = 2  # characters that can swap places, or be changed into one another
_COMPLEMENTS = {
    "dna": str.maketrans("ACGTRYKMBVDH", "TGCAYRMKVBHD"),
    "rna": str.maketrans("ACGURYKMBVDH", "UGCAYRMKVBHD"),
}


def characters_shuffled(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return sequences in which characters, each chosen with probability `level`, swap places.

    A sequence keeps its composition. Raises Undefined if none has two characters.
    """
    if max(map(len, real.data), default=0) < _FEW:
        raise Undefined("no sequence has two characters; expected one of at least two")
    return _with(real, (_shuffle(text, level, rng) for text in real.data))


def mutate(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return sequences in which each character, with probability `level`, becomes another one of the samples.

    All others are equally likely. Raises Undefined if the samples have fewer than two different characters.
    """
    alphabet = sorted(set("".join(real.data)))
    if len(alphabet) < _FEW:
        raise Undefined("the sequences have fewer than two different characters")
    number = {character: at for at, character in enumerate(alphabet)}
    return _with(real, (_mutate(text, alphabet, number, level, rng) for text in real.data))


def cut(real: Samples, level: float) -> Samples:
    """Return only the first characters of each sequence, the share `level` of them, at least one."""
    return _with(real, (text[: max(1, round(level * len(text)))] for text in real.data))


def repeat(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return sequences of which the share `level`, drawn at random, repeats its first four characters.

    A sequence keeps its length; one of up to four characters does not change.
    """
    return _with(real, (_repeat(text) if chosen else text for text, chosen in _draw(real, level, rng)))


def reverse_complemented(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return DNA or RNA of which the share `level`, drawn at random, is replaced by the other strand.

    Raises Undefined if the space does not say that the samples are DNA or RNA.
    """
    table = _COMPLEMENTS.get(str(real.space.get("alphabet")))
    if table is None:
        raise Undefined("only DNA and RNA have a complement; the space has no such alphabet")
    pairs = _draw(real, level, rng)
    return _with(real, (text[::-1].translate(table) if chosen else text for text, chosen in pairs))


def _draw(samples: Samples, share: float, rng: np.random.Generator) -> list[tuple[str, bool]]:
    """Return each sequence, and whether it is among the share that is drawn."""
    size = len(samples)
    chosen = set(rng.choice(size, size=round(share * size), replace=False).tolist())
    return [(text, at in chosen) for at, text in enumerate(samples.data)]


def _shuffle(text: str, share: float, rng: np.random.Generator) -> str:
    moved = np.flatnonzero(rng.random(len(text)) < share)
    found = list(text)
    for place, source in zip(moved.tolist(), rng.permutation(moved).tolist(), strict=True):
        found[place] = text[source]
    return "".join(found)


def _mutate(
    text: str, alphabet: list[str], number: dict[str, int], share: float, rng: np.random.Generator
) -> str:  # fmt: skip
    changes = rng.random(len(text)) < share
    steps = rng.integers(1, len(alphabet), size=len(text))
    return "".join(
        alphabet[(number[character] + step) % len(alphabet)] if is_changed else character
        for character, is_changed, step in zip(text, changes.tolist(), steps.tolist(), strict=True)
    )


def _repeat(text: str) -> str:
    return "".join(itertools.islice(itertools.cycle(text[:_REPEATED]), len(text)))


def _with(samples: Samples, texts: Iterable[str]) -> Samples:
    return replace(samples, data=tuple(texts))
