"""Exact n-grams of texts as integers, without hashing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from genbench_text.tokens.words import Words, number_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Counts", "Grams", "count_grams", "grams", "unigrams"]


@dataclass(frozen=True, eq=False)
class Grams:
    """The n-grams within texts, each with a number: equal n-grams have equal numbers.

    words  of the texts
    n      words in an n-gram
    row    (m,) int64, the number of the n-gram that begins at each word, -1 if too few words are left
    kinds  number of distinct n-grams, which are numbered from 0 to kinds - 1
    """

    words: Words
    n: int
    row: NDArray[np.int64]
    kinds: int

    @cached_property
    def start(self) -> NDArray[np.intp]:
        """(g,) the words at which the n-grams begin, ascending."""
        return np.flatnonzero(self.words.left >= self.n)

    @property
    def number(self) -> NDArray[np.int64]:
        """(g,) the numbers of the n-grams."""
        return self.row[self.start]

    @property
    def text(self) -> NDArray[np.int64]:
        """(g,) the texts that the n-grams are in, ascending."""
        return self.words.text[self.start]

    def longer(self, n: int) -> Grams:
        """Return the n-grams for a greater n, but at most 2 self.n: two shorter ones make one."""
        start = np.flatnonzero(self.words.left >= n)
        pair = self.row[start] * self.kinds + self.row[start + n - self.n]
        different, number = np.unique(pair, return_inverse=True)
        row = np.full(len(self.row), -1, np.int64)
        row[start] = number
        return Grams(self.words, n, row, len(different))


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts of each text's n-grams: parallel arrays (c,) int64, one entry per text and n-gram."""

    text: NDArray[np.int64]
    number: NDArray[np.int64]
    count: NDArray[np.int64]


def unigrams(words: Words) -> Grams:
    """Return the words as n-grams of n = 1."""
    return Grams(words, 1, words.number, words.kinds)


def grams(texts: Iterable[str], n: int) -> Grams:
    """Return the n-grams of the words of texts."""
    found = unigrams(number_words(map(words, texts)))
    while found.n < n:
        found = found.longer(min(n, 2 * found.n))
    return found


def count_grams(grams: Grams) -> Counts:
    """Return the counts of each text's n-grams."""
    kinds = max(1, grams.kinds)
    pair, count = np.unique(grams.text * kinds + grams.number, return_counts=True)
    return Counts(pair // kinds, pair % kinds, count)
