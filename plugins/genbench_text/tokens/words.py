"""Word tokenisation for all metrics that count words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["Words", "number_words", "words"]

_WORD = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> list[str]:
    r"""Return the words of a text, which are the matches of \w+|[^\w\s].

    A word is a maximal sequence of letters, digits and underscores of any script, or any other single
    character except white space: punctuation, a symbol, a combining mark, a control character such as NUL.
    Case counts. Nothing is normalised, and the order is that of the characters in memory, for scripts of any
    direction. A text that is empty or all white space has no words.
    """
    return _WORD.findall(text)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of texts, one after the other, each with a number: equal words have equal numbers.

    number  (m,) int64, from 0 to kinds - 1
    text    (m,) int64, the text that a word is in, ascending
    left    (m,) int64, the number of words from this one to the end of its text, itself included
    length  (t,) int64, the number of words of each text
    kinds   the number of distinct words
    """

    number: NDArray[np.int64]
    text: NDArray[np.int64]
    left: NDArray[np.int64]
    length: NDArray[np.int64]
    kinds: int


def number_words(texts: Iterable[Sequence[str]]) -> Words:
    """Return texts, given as words, as numbers."""
    split = list(texts)
    length = np.array([len(text) for text in split], np.int64)
    known: dict[str, int] = {}
    number = [known.setdefault(word, len(known)) for word in chain.from_iterable(split)]
    text = np.repeat(np.arange(len(split)), length)
    left = np.cumsum(length)[text] - np.arange(len(number))
    return Words(np.array(number, np.int64), text, left, length, len(known))
