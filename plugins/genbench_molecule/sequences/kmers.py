"""Counts of k-mers: all words of k letters in sequences, on one strand or on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench_molecule.sequences.alphabets import Alphabet

    Numbers = NDArray[np.int64]

__all__ = ["LONGEST_WORD", "KmerCounts", "check_k", "counted", "word_count"]

#: Letters of the longest words that are counted: numbers of words are int64, and DNA has four letters.
LONGEST_WORD = 31

_LETTERS = 2**20  # letters that are counted at once, so that memory is bounded


@dataclass(frozen=True, eq=False)
class KmerCounts:
    """The k-mers of sequences.

    words   (u,) int64, ascending: each different k-mer as a number, its first letter the most significant
    counts  (u,) int64, >= 1
    """

    words: Numbers
    counts: Numbers

    @property
    def total(self) -> int:
        """The number of all k-mers."""
        return int(self.counts.sum())


def check_k(alphabet: Alphabet, k: int, *, canonical: bool) -> None:
    """Raise Undefined if k is too large for the alphabet, or for canonical words without a complement."""
    most, letters = 4**LONGEST_WORD, len(alphabet.letters)
    longest = max(length for length in range(1, LONGEST_WORD + 1) if letters**length <= most)
    if k > longest:
        raise Undefined(f"k = {k} is too large for {alphabet.name}; use at most {longest}")
    if canonical and not alphabet.has_complement:
        raise Undefined(f"canonical k-mers need strands with a complement; the sequences are {alphabet.name}")


def word_count(alphabet: Alphabet, k: int, *, canonical: bool) -> int:
    """Return the number of different k-mers that exist.

    A canonical one stands for a word and its reverse complement; of 4^k words, 4^(k/2) are their own one for
    an even k, and none for an odd k.
    """
    words = int(len(alphabet.letters) ** k)
    own = 4 ** (k // 2) if k % 2 == 0 else 0
    return (words + own) // 2 if canonical else words


def counted(texts: Sequence[str], alphabet: Alphabet, k: int, *, canonical: bool) -> KmerCounts:
    """Return the k-mers of sequences, pooled.

    canonical  count each word as the smaller one of itself and its reverse complement

    Words with a character that is no plain letter of the alphabet are left out, and so are sequences shorter
    than k.
    """
    words, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for block in _blocks(texts):
        found, times = np.unique(_words(block, alphabet, k, canonical=canonical), return_counts=True)
        both = np.concatenate([words, found])
        words, place = np.unique(both, return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(words)).astype(np.int64)
    return KmerCounts(words, counts)


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the sequences in blocks of about a million letters; one that is longer is a block of its own."""
    block: list[str] = []
    size = 0
    for text in texts:
        if block and size + len(text) > _LETTERS:
            yield block
            block, size = [], 0
        block.append(text)
        size += len(text)
    if block:
        yield block


def _words(texts: Iterable[str], alphabet: Alphabet, k: int, *, canonical: bool) -> Numbers:
    """Return the number of each word, (w,) int64, in order."""
    codes = _codes("\n".join(texts), alphabet)
    size = len(codes) - k + 1
    if size < 1:
        return np.zeros(0, np.int64)
    letters = len(alphabet.letters)
    strange = np.cumsum(np.concatenate([[0], codes < 0]))
    is_plain = strange[k:] == strange[:-k]
    forward, backward = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for place in range(k):
        forward = forward * letters + codes[place : place + size]
        if canonical:
            after = k - 1 - place
            backward = backward * letters + (letters - 1 - codes[after : after + size])
    words: Numbers = (np.minimum(forward, backward) if canonical else forward)[is_plain]
    return words


def _codes(text: str, alphabet: Alphabet) -> Numbers:
    """Return the number of each character in the alphabet, (t,) int64; -1 for one that is no plain letter."""
    table = np.full(256, -1, np.int64)
    table[list(alphabet.letters.encode("ascii"))] = np.arange(len(alphabet.letters))
    return table[np.frombuffer(text.encode("ascii", "replace"), np.uint8)]
