"""Dataset `grammar-world`: sentences from an exactly known distribution, which is their truth."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Data, Samples, Space, stream
from genbench_text.datasets.small_world import small_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench_text.datasets.grammar import Grammar, Rule

__all__ = ["LONGEST", "SHORTEST", "GrammarWorld", "grammar_world", "length_law", "render"]

SHORTEST, LONGEST = 20, 120  # characters

_WORD = re.compile(r"[A-Za-z]+|[,.?]")

_MARKS = (",", ".", "?")


def grammar_world(*, n: Annotated[int, Ge(4)] = 3000, seed: Annotated[int, Ge(0)] = 0) -> Data:
    """Return `n` independent sentences of a small English, with their law as the truth.

    n     sentences: the first half are `train`, the next quarter `test`, the rest `held_out`
    seed  of the draw

    The splits are official, because they are independent draws: a sentence that is drawn twice can be in two
    splits.
    """
    world = GrammarWorld(small_world(), SHORTEST, LONGEST)
    samples = world.sample(n, rng=stream(seed, "data", "grammar-world"))
    train, test, held_out = np.split(np.arange(n), [n // 2, n - n // 4])
    return Data(samples, splits={"train": train, "test": test, "held_out": held_out}, truth=world)


@dataclass(frozen=True, eq=False)
class GrammarWorld:
    """The distribution of a grammar's sentences, conditional on `shortest` to `longest` characters."""

    grammar: Grammar
    shortest: int
    longest: int

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` independent sentences; others are rejected by their length."""
        found: list[str] = []
        while len(found) < n:
            text = render(self.grammar.draw(rng))
            if self.shortest <= len(text) <= self.longest:
                found.append(text)
        return Samples(tuple(found), Space("text", longest=self.longest))

    def log_likelihood(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the exact log probability (nats) of each whole text, its end included, (n,) float64.

        -inf for a text outside of the distribution.
        """
        return np.array([self._nats(text) for text in texts], np.float64)

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the number of characters of each text, plus one for the end, (n,) int64."""
        return np.array([len(text) + 1 for text in texts], np.int64)

    @property
    def entropy(self) -> float:
        """The exact entropy of the distribution, nats per sentence."""
        mass, surprise = self._law
        return surprise / mass + math.log(mass)

    @cached_property
    def _law(self) -> tuple[float, float]:
        """Mass and surprise, under the grammar, of the sentences of these lengths."""
        widths = {word: len(word) + (word not in _MARKS) for word in self.grammar.words}
        # a space before every word is one too many
        mass, surprise = length_law(self.grammar, widths, self.longest + 1)
        return math.fsum(mass[self.shortest + 1 :]), math.fsum(surprise[self.shortest + 1 :])

    def _nats(self, text: str) -> float:
        if not self.shortest <= len(text) <= self.longest:
            return -math.inf
        words = _WORD.findall(text)
        if words and words[0] not in self.grammar.words:
            words[0] = words[0][0].lower() + words[0][1:]
        if not words or render(words) != text:
            return -math.inf
        return self.grammar.log_probability(words) - math.log(self._law[0])


def render(words: Sequence[str]) -> str:
    """Return a sentence's words as text: capitalised, without a space before a comma or the end."""
    text = "".join(word if word in _MARKS else f" {word}" for word in words)[1:]
    return text[:1].upper() + text[1:]


# Exact distribution and entropy of the sentence lengths of a grammar.
#
# With p the probability of a sentence s and |s| its length, both of these are series in z whose coefficients
# satisfy the grammar's equations; a rule A -> B C of probability r contributes the terms
#
#     mass(A)     = sum of p(s) z^|s|               r mass(B) mass(C)
#     surprise(A) = sum of -p(s) log p(s) z^|s|     r [surprise(B) mass(C) + mass(B) surprise(C)]
#                                                     - r log r mass(B) mass(C)
#
# At z = 1 these are the linear equations of the grammar's entropy (Grenander 1967; Soule 1974,
# doi:10.1016/S0019-9958(74)90799-2). Truncated at a maximum length the series are finite, and exact for the
# sentences up to that length.


def length_law(
    grammar: Grammar, widths: Mapping[str, int], longest: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mass and the surprise (nats) of the sentences of each length, both (longest + 1,) float64.

    widths  the length of each word, at least 1

    Every recursion contains a word, so each sweep over the rules makes more lengths exact; when a sweep
    changes nothing, all of them are. A symbol is recomputed while its parts change.
    """
    laws = {word: _word(width, longest) for word, width in widths.items()}
    laws |= {left: np.zeros((2, longest + 1)) for left in grammar.rules}
    changed = set(laws)
    while changed:
        before, changed = changed, set()
        for left, rules in reversed(list(grammar.rules.items())):
            if (before | changed).isdisjoint([left, *(symbol for rule in rules for symbol in rule.right)]):
                continue
            law = np.sum([_rule(rule, laws, longest) for rule in rules], axis=0)
            if not np.array_equal(law, laws[left]):
                changed.add(left)
                laws[left] = law
    mass, surprise = laws[grammar.start]
    return mass, surprise


def _word(width: int, longest: int) -> NDArray[np.float64]:
    """Return mass and surprise of a word, (2, longest + 1): probability 1, surprise 0."""
    law = np.zeros((2, longest + 1))
    if width <= longest:
        law[0, width] = 1
    return law


def _rule(rule: Rule, laws: Mapping[str, NDArray[np.float64]], longest: int) -> NDArray[np.float64]:
    """Return mass and surprise of a rule."""
    mass, surprise = _word(0, longest)
    for symbol in rule.right:
        more, further = laws[symbol]
        surprise = (np.convolve(surprise, more) + np.convolve(mass, further))[: longest + 1]
        mass = np.convolve(mass, more)[: longest + 1]
    return math.exp(rule.nats) * np.stack([mass, surprise - rule.nats * mass])
