"""N-gram overlap of texts with their references, the basis of BLEU, without a loop over pairs.

For each n-gram it stores the largest count in any reference; if a text's references are all others, also the
second-largest, so that the text itself can be excluded. The time is that of sorting all n-grams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined
from genbench_text.tokens.ngrams import count_grams, unigrams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench_text.tokens.ngrams import Counts, Grams
    from genbench_text.tokens.words import Words

__all__ = ["Overlap", "among", "between", "require_texts"]


@dataclass(frozen=True, eq=False)
class Overlap:
    """Clipped n-gram matches of t texts with their references.

    matches  (n, t) int64, n-grams of each order from 1 to n that a reference has too, clipped at the largest
             count in any reference
    totals   (n, t) int64, all n-grams of each order
    length   (t,) int64, words of each text
    nearest  (t,) int64, words of the reference of nearest length, the shorter one of ties
    """

    matches: NDArray[np.int64]
    totals: NDArray[np.int64]
    length: NDArray[np.int64]
    nearest: NDArray[np.int64]


def among(words: Words, n: int) -> Overlap:
    """Return the overlap of each of at least two texts with all others, up to order n."""
    matches = []
    for found in _orders(words, n):
        counts = count_grams(found)
        matches.append(_count_matches(counts, _most_of_others(counts, found.kinds), 0, len(words.length)))
    return Overlap(np.array(matches), _totals(words.length, n), words.length, _nearest_other(words.length))


def between(words: Words, first: int, n: int) -> tuple[Overlap, Overlap]:
    """Return the overlap of the `first` texts with all later ones, and of these with them, up to order n."""
    sides = (0, first), (first, len(words.length))
    matches: tuple[list[NDArray[np.int64]], ...] = ([], [])
    for found in _orders(words, n):
        counts = count_grams(found)
        for place, (side, other) in enumerate((sides, sides[::-1])):
            most = _most_of(counts, found.kinds, *other)
            matches[place].append(_count_matches(counts, most[counts.number], *side))
    lengths = words.length[:first], words.length[first:]
    forward, backward = (
        Overlap(np.array(found), _totals(own, n), own, _nearest(own, other))
        for found, own, other in zip(matches, lengths, lengths[::-1], strict=True)
    )
    return forward, backward


def require_texts(metric: str, fake: NDArray[np.int64], real: NDArray[np.int64]) -> None:
    """Raise Undefined unless there is a fake, and a word in a real text; both arguments are lengths."""
    if not len(fake) or not real.any():
        raise Undefined(f"{metric} needs a fake, and a word in a real text; there are {len(fake)} fakes, and "
                        f"{len(real)} real texts with {real.sum()} words")  # fmt: skip


def _orders(words: Words, n: int) -> Iterator[Grams]:
    found = unigrams(words)
    yield found
    for order in range(2, n + 1):
        found = found.longer(order)
        yield found


def _totals(length: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    return np.asarray(np.maximum(length - np.arange(n)[:, None], 0))


def _count_matches(counts: Counts, most: NDArray[np.int64], begin: int, end: int) -> NDArray[np.int64]:
    """Return (end - begin,) the matches of texts, whose references have each entry's n-gram `most` times."""
    rows = slice(*np.searchsorted(counts.text, (begin, end)))
    clipped = np.minimum(counts.count[rows], most[rows])
    found = np.bincount(counts.text[rows] - begin, clipped, minlength=end - begin)
    return found.astype(np.int64)  # whole numbers, exact in float64


def _most_of(counts: Counts, kinds: int, begin: int, end: int) -> NDArray[np.int64]:
    """Return (kinds,) the largest count of each n-gram in one of the texts from `begin` to `end`."""
    rows = slice(*np.searchsorted(counts.text, (begin, end)))
    most = np.zeros(kinds, np.int64)
    np.maximum.at(most, counts.number[rows], counts.count[rows])
    return most


def _most_of_others(counts: Counts, kinds: int) -> NDArray[np.int64]:
    """Return (c,) for each entry the largest count of its n-gram in one of the other texts."""
    most, second = np.zeros((2, kinds), np.int64)
    np.maximum.at(most, counts.number, counts.count)
    is_most = counts.count == most[counts.number]
    np.maximum.at(second, counts.number[~is_most], counts.count[~is_most])
    is_shared = np.bincount(counts.number[is_most], minlength=kinds) > 1
    second = np.where(is_shared, most, second)
    return np.where(is_most, second[counts.number], most[counts.number])


def _nearest(length: NDArray[np.int64], references: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (t,) the nearest reference length to each length; the shorter one of ties."""
    known = np.unique(references)
    place = np.searchsorted(known, length)
    below, above = np.append(-np.inf, known)[place], np.append(known, np.inf)[place]
    return np.where(length - below <= above - length, below, above).astype(np.int64)


def _nearest_other(length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (t,) the nearest other length to each length; the shorter one of ties."""
    known, place, count = np.unique(length, return_inverse=True, return_counts=True)
    below, above = np.append(-np.inf, known[:-1]), np.append(known[1:], np.inf)
    other = np.where(known - below <= above - known, below, above)
    return np.where(count > 1, known, other)[place].astype(np.int64)
