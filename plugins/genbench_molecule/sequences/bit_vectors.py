"""Longest common subsequences and edit distances of one text with many, by bit-parallel recurrences.

A bit of an integer stands for a place of a pattern, so a step of the recurrence over the characters of a text
moves all places of all patterns at once. Integers of more than 64 bits are several words with carries.

Hyyrö 2004, "Bit-parallel LCS-length computation revisited"; Myers 1999, doi:10.1145/316542.316550, for whole
texts as in Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

__all__ = ["Patterns", "blocks"]

_BITS = 64
_ONES = np.uint64(2**64 - 1)
_MOST_WORDS = 2**22  # of the masks of a block: 32 MiB


@dataclass(frozen=True, eq=False)
class Patterns:
    """n texts with which others are compared.

    masks    for each character (w, n) uint64: the places of the patterns at which it is, the first one lowest
    lengths  (n,) int64
    """

    masks: Mapping[str, Words]
    lengths: Numbers

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Return texts as patterns; an empty one has no places."""
        lengths = np.array([len(text) for text in texts], np.int64)
        shape = (max(1, -(-int(lengths.max(initial=0)) // _BITS)), len(texts))
        masks = {character: np.zeros(shape, np.uint64) for character in sorted(set("".join(texts)))}
        for number, text in enumerate(texts):
            for place, character in enumerate(text):
                masks[character][place // _BITS, number] |= np.uint64(1 << place % _BITS)
        return cls(masks, lengths)

    def after(self, number: int) -> Self:
        """Return the patterns without the first `number`, if that is above 0."""
        left = slice(max(0, number), None)
        masks = {character: mask[:, left] for character, mask in self.masks.items()}
        return type(self)(masks, self.lengths[left])

    def common(self, text: str) -> Numbers:
        """Return the length of the longest common subsequence of a text with each pattern, (n,) int64."""
        places = np.full(self._shape, _ONES)
        for character in text:
            mask = self.masks.get(character)
            if mask is not None:
                matched = places & mask
                places = _sum(places, matched) | (places ^ matched)
        within = _ONES >> np.clip(_BITS - self._bits, 0, _BITS - 1).astype(np.uint64)
        found = np.where(self._bits > 0, ~places & within, np.uint64(0))
        lengths: Numbers = np.bitwise_count(found).sum(axis=0, dtype=np.int64)
        return lengths

    def distances(self, text: str) -> Numbers:
        """Return the edit distance of a text to each pattern, (n,) int64: insertions, deletions, changes."""
        nothing = np.zeros(self._shape, np.uint64)
        rises, falls = np.full(self._shape, _ONES), nothing
        last = np.maximum(self.lengths - 1, 0)
        ends = np.arange(self._shape[0])[:, None] == last // _BITS
        end = np.where(ends, np.uint64(1) << (last % _BITS).astype(np.uint64), np.uint64(0))
        distance = self.lengths.copy()
        for character in text:
            mask = self.masks.get(character, nothing)
            diagonal = (_sum(mask & rises, rises) ^ rises) | mask | falls
            up, down = falls | ~(diagonal | rises), rises & diagonal
            distance += ((up & end) != 0).any(axis=0)
            distance -= ((down & end) != 0).any(axis=0)
            up, down = _shifted(up, 1), _shifted(down, 0)
            rises, falls = down | ~(mask | falls | up), up & (mask | falls)
        distances: Numbers = np.where(self.lengths > 0, distance, len(text))
        return distances

    @property
    def _shape(self) -> tuple[int, int]:
        words = next((len(mask) for mask in self.masks.values()), 1)
        return words, len(self.lengths)

    @property
    def _bits(self) -> Numbers:
        """The number of places of each pattern in each word, (w, n) int64."""
        starts = _BITS * np.arange(self._shape[0])[:, None]
        bits: Numbers = np.clip(self.lengths - starts, 0, _BITS)
        return bits


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, Patterns]]:
    """Yield all texts as blocks of patterns of bounded memory, each with the number of its first one."""
    letters = len(set("".join(texts)))
    words = max(1, -(-max(map(len, texts), default=0) // _BITS))
    size = max(1, _MOST_WORDS // (max(1, letters) * words))
    for start in range(0, len(texts), size):
        yield start, Patterns.of(texts[start : start + size])


def _sum(one: Words, other: Words) -> Words:
    """Return the sums of integers of w words, (w, n), without the last carry."""
    total = one + other
    if len(total) > 1:
        carry = total[0] < one[0]
        for word in range(1, len(total)):
            overflows = total[word] < one[word]
            total[word] += carry
            carry = overflows | (carry & (total[word] == 0))
    return total


def _shifted(words: Words, first: int) -> Words:
    """Return integers of w words times two, plus `first`."""
    found = words << np.uint64(1)
    found[0] |= np.uint64(first)
    found[1:] |= words[:-1] >> np.uint64(_BITS - 1)
    return found
