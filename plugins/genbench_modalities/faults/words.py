"""Damage to texts: shuffled, replaced and dropped words, truncation and loops.

A word is a run of characters without white space, punctuation included. White space stays, line breaks
included, so that only words change; a text that exceeds the length of its space is cut. All functions raise
Undefined if no text has two words, as in a script without spaces.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench import Samples

__all__ = ["SLIGHT", "loop", "truncate", "words_dropped", "words_replaced", "words_shuffled"]

#: The share of words whose replacement a person would hardly notice.
SLIGHT = 0.1

_LOOP = 4  # words that repeat: as many as the n-grams of rep-n (Welleck et al. 2020)
_FEW = 2  # words that can swap places
_WORD = re.compile(r"\S+")


def words_shuffled(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return texts in which words, each chosen with probability `level`, swap places within their text."""
    return _with(real, (_shuffle(words, level, rng) for words in _words(real)))


def words_replaced(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return texts in which each word, with probability `level`, is replaced by one drawn from all texts.

    A word is drawn in proportion to its frequency.
    """
    texts = _words(real)
    known = list(itertools.chain.from_iterable(texts))
    return _with(real, (_replace(words, known, level, rng) for words in texts))


def words_dropped(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return texts that lost each word with probability `level`; one that lost them all keeps the first."""
    return _with(real, (_drop(words, level, rng) for words in _words(real)))


def truncate(real: Samples, level: float) -> Samples:
    """Return texts with only the first words, the share `level` of them, at least one."""
    return _with(real, (words[: max(1, round(level * len(words)))] for words in _words(real)))


def loop(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return texts of which the share `level`, drawn at random, repeats its first four words.

    A text keeps its number of words; one of up to four words does not change.
    """
    texts = _words(real)
    chosen = set(rng.choice(len(texts), size=round(level * len(texts)), replace=False).tolist())
    return _with(real, (_loop(words) if at in chosen else words for at, words in enumerate(texts)))


def _shuffle(words: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    moved = np.flatnonzero(rng.random(len(words)) < share)
    found = list(words)
    for place, source in zip(moved, rng.permutation(moved), strict=True):
        found[place] = words[source]
    return found


def _replace(
    words: Sequence[str], known: Sequence[str], share: float, rng: np.random.Generator
) -> list[str]:  # fmt: skip
    gone = rng.random(len(words)) < share
    drawn = rng.integers(len(known), size=len(words))
    return [known[at] if is_gone else word for word, is_gone, at in zip(words, gone, drawn, strict=True)]


def _drop(words: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    kept = rng.random(len(words)) >= share
    return list(itertools.compress(words, kept)) or list(words[:1])


def _loop(words: Sequence[str]) -> list[str]:
    return list(itertools.islice(itertools.cycle(words[:_LOOP]), len(words)))


def _words(samples: Samples) -> list[list[str]]:
    texts = [_WORD.findall(text) for text in samples.data]
    if max(map(len, texts), default=0) < _FEW:
        raise Undefined(
            "no text has two words with white space between them; expected one of at least two words"
        )
    return texts


def _with(samples: Samples, texts: Iterable[Sequence[str]]) -> Samples:
    """Return samples whose texts have other words, as many as before or fewer."""
    joined = (_join(text, words) for text, words in zip(samples.data, texts, strict=True))
    longest = samples.space.get("longest")
    return replace(samples, data=tuple(text[:longest] for text in joined))


def _join(text: str, words: Sequence[str]) -> str:
    """Return words with the white space of a text before, between and after them."""
    spaces = _WORD.split(text)
    kept = [*spaces[: len(words)], spaces[-1]]
    return "".join(space + word for space, word in itertools.zip_longest(kept, words, fillvalue=""))
