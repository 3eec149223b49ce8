"""Vocabulary of characters, words or SELFIES symbols, with a probability for unknown ones.

A text is a sequence of symbols and an end. A model has a distribution over its known
symbols and the end. At each step, unknown symbols have the total probability `escape`, and are then spelt:

    log P(text) = sum over known symbols and the end of  log(1 - escape) + log P_model(symbol | before)
                + sum over unknown symbols of            log escape + log P_spelling(symbol)
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["SCALARS", "Spelling", "Unit", "Vocabulary", "count_shared", "ends", "join", "split"]

Unit = Literal["characters", "words", "selfies"]

_SELFIES = re.compile(r"\[[^\[\]]*\]|.", re.DOTALL)  # a symbol in brackets, or any other character

#: Number of Unicode characters: its code points without the surrogates.
SCALARS = 0x110000 - 0x800


def split(text: str, unit: Unit) -> Sequence[str]:
    """Return the symbols of a text: its characters, the words between its single spaces, or those of SELFIES.

    `join` is the inverse, so a distribution over symbols is one over texts. An empty text has no words.
    """
    if unit == "characters":
        return text
    if unit == "selfies":
        return _SELFIES.findall(text)
    return text.split(" ") if text else ()


def join(symbols: Iterable[str], unit: Unit) -> str:
    """Return the text of these symbols."""
    return (" " if unit == "words" else "").join(symbols)


def count_shared(prompt: str, text: str, unit: Unit) -> int:
    """Return how many of the first symbols of `prompt + text` are the prompt's; the others follow it.

    A word that the text completes belongs to the text: after "a cat", "s ran" is the words "cats" and "ran".
    So does the word after a space at the end of the prompt.
    """
    if unit == "characters":
        return len(prompt)
    pairs = zip(split(prompt, unit), split(prompt + text, unit), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def ends(texts: Sequence[str], unit: Unit, longest: int | None) -> NDArray[np.bool_]:
    """Return for each text, (n,), whether its end is a step, with a cost and a count.

    It is not a step at the maximum length of a text: for characters, the end is certain there.
    """
    if unit != "characters" or longest is None:
        return np.ones(len(texts), bool)
    return np.array([len(text) != longest for text in texts], bool)


@dataclass(frozen=True)
class Spelling:
    """A law over words, or SELFIES symbols: independent characters, then the end.

    nats     log probability of each character of the known words, and of the end ""
    strange  that of any other character except a space
    """

    nats: dict[str, float] = field(hash=False)
    strange: float

    @classmethod
    def of(cls, words: Iterable[str]) -> Spelling:
        """Return the shares of characters and ends in `words`, with one more count for all others."""
        counts = Counter[str]()
        for word in words:
            counts.update(word)
            counts[""] += 1
        total = counts.total() + 1
        nats = {character: math.log(count / total) for character, count in sorted(counts.items())}
        return cls(
            nats, -math.log(total) - math.log(SCALARS - len(counts))
        )  # minus the known ones and the space

    def spell(self, word: str) -> float:
        """Return the log probability of a word."""
        return sum(self.nats.get(character, self.strange) for character in word) + self.nats[""]


@dataclass(frozen=True)
class Vocabulary:
    """The symbols that a model knows, numbered from 0 in their order; then the end, then any unknown one.

    unit      of a symbol
    symbols   the known ones, sorted
    escape    probability of an unknown symbol, at each step, in [0, 1)
    spelling  the distribution of unknown symbols, if these are no single characters
    """

    unit: Unit
    symbols: tuple[str, ...]
    escape: float
    spelling: Spelling | None = None

    #: How many units of `widths` a character is.
    scale: ClassVar[int] = 1

    @classmethod
    def of(cls, texts: Sequence[str], unit: Unit) -> Vocabulary:
        """Return the vocabulary of texts.

        The escape is the share of symbols seen once, (n1 + 1) / (n + 2), after Good (1953). Unknown words
        and SELFIES symbols are spelt by independent characters with the shares in the known ones, each of
        which counts once. Raises Undefined if the texts have no symbol.
        """
        counts = Counter(chain.from_iterable(split(text, unit) for text in texts))
        if not counts:
            raise Undefined("the training texts are empty; expected at least one character")
        once = sum(count == 1 for count in counts.values())
        escape = (once + 1) / (counts.total() + 2)
        symbols = tuple(sorted(counts))
        return cls(unit, symbols, escape, None if unit == "characters" else Spelling.of(symbols))

    @property
    def end(self) -> int:
        """The number of the end of a text."""
        return len(self.symbols)

    @property
    def unknown(self) -> int:
        """The number of any unknown symbol."""
        return len(self.symbols) + 1

    @property
    def widths(self) -> NDArray[np.int64]:
        """The length of each known symbol in characters; for a word, with the space before it."""
        return np.array([len(symbol) for symbol in self.symbols], np.int64) + (self.unit == "words")

    def count(self, text: str) -> int:
        """Return the number of symbols of a text."""
        return len(split(text, self.unit))

    def count_shared(self, prompt: str, text: str) -> int:
        """Return how many of the first symbols of `prompt + text` are the prompt's, as the function does."""
        return count_shared(prompt, text, self.unit)

    def ends(self, texts: Sequence[str], longest: int | None) -> NDArray[np.bool_]:
        """Return for each text, (n,), whether its end is a step, as described in `ends`."""
        return ends(texts, self.unit, longest)

    def encode(self, text: str) -> NDArray[np.int64]:
        """Return the numbers of a text's symbols, without the end."""
        unknown = self.unknown
        return np.array([self._numbers.get(s, unknown) for s in split(text, self.unit)], np.int64)

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the text of known symbols' numbers."""
        return join((self.symbols[number] for number in numbers), self.unit)

    def escape_nats(self, text: str, *, prompt: str = "", ends: bool = True) -> float:
        """Return the part of a text's log probability for escapes and for spelling unknown symbols.

        prompt  the text before it, whose symbols cost nothing
        ends    the end of the text is a step

        -inf if a symbol is unknown and the escape is 0.
        """
        symbols = split(prompt + text, self.unit)[count_shared(prompt, text, self.unit) :]
        strange = [symbol for symbol in symbols if symbol not in self._numbers]
        nats = (len(symbols) - len(strange) + ends) * math.log1p(-self.escape)
        if not strange:
            return nats
        if self.escape == 0:
            return -math.inf
        return nats + len(strange) * math.log(self.escape) + sum(map(self._spelt, strange))

    def to_json(self) -> dict[str, Any]:
        """Return the vocabulary as JSON values."""
        return {
            "unit": self.unit,
            "symbols": list(self.symbols),
            "escape": self.escape,
            "spelling": None if self.spelling is None else asdict(self.spelling),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Vocabulary:
        """Return the vocabulary that `to_json` described."""
        spelling = None if value["spelling"] is None else Spelling(**value["spelling"])
        return cls(value["unit"], tuple(value["symbols"]), value["escape"], spelling)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @cached_property
    def _unknown_nats(self) -> float:
        """The log probability that a spelt word is not one of the known ones."""
        if self.spelling is None:
            return 0.0
        return math.log1p(-math.fsum(math.exp(self.spelling.spell(word)) for word in self.symbols))

    def _spelt(self, symbol: str) -> float:
        if self.spelling is None:
            return -math.log(SCALARS - len(self.symbols))
        return self.spelling.spell(symbol) - self._unknown_nats
