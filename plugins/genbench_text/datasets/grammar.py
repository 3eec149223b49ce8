"""Probabilistic grammars with one derivation for each sentence, and thus exact probabilities.

A grammar has lines `Left = weight symbols | weight symbols`: the default weight is 1, `_` is the empty
sequence, and a symbol is a word unless it is on the left of a line. The next word must always determine the
rule (the grammar is LL(1), after Lewis and Stearns 1968, doi:10.1145/321466.321477), so no sentence has two
derivations.
"""

from __future__ import annotations

import bisect
import itertools
import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

__all__ = ["Grammar", "Rule"]

_END = ""  # what follows the last word
_ALTERNATIVE = re.compile(r"(?:([\d.]+) )?(.+)")


@dataclass(frozen=True)
class Rule:
    """`left` becomes `right`, with a probability in (0, 1] whose logarithm is `nats`."""

    left: str
    right: tuple[str, ...]
    nats: float


@dataclass(frozen=True)
class Grammar:
    """Rules by their left symbol; the first one is the whole sentence.

    table  the rule of a symbol by the next word
    """

    rules: Mapping[str, tuple[Rule, ...]]
    table: Mapping[tuple[str, str], Rule] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Grammar:
        """Return the grammar that is written in `text`.

        Raises ValueError, naming the symbol, if the next word does not always determine the rule.
        """
        rules = dict(map(_read, filter(None, map(str.strip, text.splitlines()))))
        return cls(rules, _table(rules))

    @property
    def start(self) -> str:
        """The symbol of the whole sentence."""
        return next(iter(self.rules))

    @property
    def words(self) -> frozenset[str]:
        """All words."""
        right = itertools.chain.from_iterable(rule.right for rules in self.rules.values() for rule in rules)
        return frozenset(symbol for symbol in right if symbol not in self.rules)

    def log_probability(self, words: Sequence[str]) -> float:
        """Return the log probability of a sentence, with its end; -inf if there is none."""
        nats, stack = 0.0, [self.start]
        ahead = iter((*words, _END))
        word = next(ahead)
        while stack:
            symbol = stack.pop()
            if symbol not in self.rules:
                if symbol != word:
                    return -math.inf
                word = next(ahead)
                continue
            rule = self.table.get((symbol, word))
            if rule is None:
                return -math.inf
            nats += rule.nats
            stack += reversed(rule.right)
        return nats if word == _END else -math.inf

    def draw(self, rng: np.random.Generator) -> list[str]:
        """Return the words of a sentence drawn from the grammar."""
        found, stack = [], [self.start]
        while stack:
            symbol = stack.pop()
            rules = self.rules.get(symbol)
            if rules is None:
                found.append(symbol)
                continue
            at = bisect.bisect_right(self._bounds[symbol], rng.random())
            stack += reversed(rules[min(at, len(rules) - 1)].right)
        return found

    @cached_property
    def _bounds(self) -> dict[str, list[float]]:
        """The cumulative probabilities of each symbol's rules."""
        return {
            left: list(itertools.accumulate(math.exp(rule.nats) for rule in rules))
            for left, rules in self.rules.items()
        }


def _read(line: str) -> tuple[str, tuple[Rule, ...]]:
    """Return a symbol and its rules from the line that gives them."""
    left, _, right = line.partition(" = ")
    weights, symbols = [], []
    for alternative in right.split(" | "):
        weight, words = _ALTERNATIVE.fullmatch(alternative.strip()).groups("1")  # type: ignore[union-attr]
        weights.append(float(weight))
        symbols.append(tuple(word for word in words.split() if word != "_"))
    total = math.fsum(weights)
    pairs = zip(weights, symbols, strict=True)
    return left, tuple(Rule(left, right, math.log(weight / total)) for weight, right in pairs)


def _table(rules: Mapping[str, tuple[Rule, ...]]) -> dict[tuple[str, str], Rule]:
    """Return the rule of each symbol by the next word.

    It collects the words that can begin a symbol, the words that can follow it, and the symbols that can be
    empty, until no rule adds any.
    """
    every = [rule for found in rules.values() for rule in found]
    first: dict[str, set[str]] = {left: set() for left in rules}
    follow: dict[str, set[str]] = {left: set() for left in rules}
    follow[next(iter(rules))].add(_END)
    empty: set[str] = set()
    size = -1
    while size != (size := len(empty) + sum(map(len, (*first.values(), *follow.values())))):
        for rule in every:
            _ahead(rule, first, empty, follow[rule.left], follow)
            first[rule.left] |= _ahead(rule, first, empty, set(), {})
            if empty.issuperset(rule.right):
                empty.add(rule.left)
    table: dict[tuple[str, str], Rule] = {}
    for rule in every:
        for word in _ahead(rule, first, empty, follow[rule.left], {}):
            if table.setdefault((rule.left, word), rule) is not rule:
                raise ValueError(
                    f"{rule.left}: the word {word!r} does not determine its rule; expected one rule a word"
                )
    return table


def _ahead(
    rule: Rule,
    first: Mapping[str, set[str]],
    empty: set[str],
    after: set[str],
    follow: Mapping[str, set[str]],
) -> set[str]:
    """Return the words with which a rule's right side can begin, `after` being those that can follow it.

    Words that can follow a symbol within it are added to `follow`, where that has the symbol.
    """
    ahead = after
    for symbol in reversed(rule.right):
        if symbol in follow:
            follow[symbol].update(ahead)
        ahead = first[symbol] | (ahead if symbol in empty else set()) if symbol in first else {symbol}
    return ahead
