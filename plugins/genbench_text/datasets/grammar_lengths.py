"""Exact distribution and entropy of the sentence lengths of a grammar.

With p the probability of a sentence s and |s| its length, both of these are series in z whose coefficients
satisfy the grammar's equations; a rule A -> B C of probability r contributes the terms

    mass(A)     = sum of p(s) z^|s|               r mass(B) mass(C)
    surprise(A) = sum of -p(s) log p(s) z^|s|     r [surprise(B) mass(C) + mass(B) surprise(C)]
                                                    - r log r mass(B) mass(C)

At z = 1 these are the linear equations of the grammar's entropy (Grenander 1967; Soule 1974,
doi:10.1016/S0019-9958(74)90799-2). Truncated at a maximum length the series are finite, and exact for the
sentences up to that length.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench_text.datasets.grammar import Grammar, Rule

__all__ = ["length_law"]


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
