"""Grammars: what they derive, how probable it is, and that nothing is derived twice."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from genbench_text.datasets.grammar import Grammar
from genbench_text.datasets.grammar_world import length_law
from scipy.stats import chisquare

TEXT = """
Sentence = 3 Clause . | 1 does Noun Verb ?
Clause = the Adjs Noun Mod Verb s
Adjs = 7 _ | 3 old Adjs
Noun = 2 cat | 1 dog
Mod = 8 _ | 2 that Verb s
Verb = 5 sleep | 4 say that Clause
"""


@pytest.fixture(scope="module")
def grammar():
    return Grammar.of(TEXT)


def sentences(grammar, longest):
    """Yield all sentences of up to `longest` words with their probabilities, one for each derivation."""
    stack = [((grammar.start,), 0, 1.0)]
    while stack:
        symbols, done, probability = stack.pop()
        while done < len(symbols) and symbols[done] not in grammar.rules:
            done += 1
        if sum(symbol not in grammar.rules for symbol in symbols) > longest:
            continue
        if done == len(symbols):
            yield symbols, probability
            continue
        for rule in grammar.rules[symbols[done]]:
            after = (*symbols[:done], *rule.right, *symbols[done + 1 :])
            stack.append((after, done, probability * math.exp(rule.nats)))


def test_the_probability_of_a_sentence_is_the_product_of_its_rules(grammar):
    assert grammar.log_probability(["does", "cat", "sleep", "?"]) == pytest.approx(
        math.log(1 / 4 * 2 / 3 * 5 / 9)
    )
    words = ["the", "old", "dog", "that", "sleep", "s", "say", "that", "the", "cat", "sleep", "s", "s", "."]
    expected = 3 / 4 * 0.3 * 0.7 * 1 / 3 * 0.2 * 5 / 9 * 4 / 9 * 0.7 * 2 / 3 * 0.8 * 5 / 9
    assert grammar.log_probability(words) == pytest.approx(math.log(expected))


@pytest.mark.parametrize(
    "words", ["", "the", "does cat sleep", "does cat sleep ? ?", "does bird sleep ?", "? does cat sleep"]
)
def test_what_is_no_sentence_has_no_probability(grammar, words):
    assert grammar.log_probability(words.split()) == -math.inf


def test_every_sentence_has_one_derivation_and_the_probability_of_it(grammar):
    found = list(sentences(grammar, 13))
    assert len(found) > 100
    assert len({words for words, _ in found}) == len(found)
    for words, probability in found:
        assert grammar.log_probability(words) == pytest.approx(math.log(probability))


@pytest.mark.parametrize("width", [lambda word: 1, len])
def test_mass_and_surprise_of_each_length_are_those_of_the_sentences(grammar, width):
    longest = 13 if width("the") == 1 else 30
    mass, surprise = np.zeros((2, longest + 1))
    for words, probability in sentences(grammar, 13):
        length = sum(map(width, words))
        if length <= longest:
            mass[length] += probability
            surprise[length] -= probability * math.log(probability)
    found = length_law(grammar, {word: width(word) for word in grammar.words}, longest)
    np.testing.assert_allclose(found, [mass, surprise], rtol=1e-12, atol=1e-15)


def test_sentences_are_drawn_as_often_as_they_are_probable(grammar):
    rng = np.random.default_rng(0)
    n = 20_000
    counts = Counter(tuple(grammar.draw(rng)) for _ in range(n))
    expected = {words: n * p for words, p in sentences(grammar, 13) if n * p > 20}
    assert len(expected) > 20
    observed = [counts[words] for words in expected]
    rest = n - sum(expected.values())
    test = chisquare([*observed, n - sum(observed)], [*expected.values(), rest])
    assert test.pvalue > 0.001


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("S = a | a b", "S"),
        ("S = A B\nA = x | _\nB = x | y", "A"),
        ("S = A\nA = A b | c", "A"),
        ("S = if S else S | if S | go", "S"),
        ("S = A | B\nA = _\nB = _", "S"),
    ],
)
def test_rules_between_which_the_next_word_does_not_decide_are_refused(text, symbol):
    with pytest.raises(
        ValueError, match=rf"^{symbol}: the word '.*' does not determine its rule; expected one rule a word$"
    ):
        Grammar.of(text)


def test_blank_lines_and_weights_that_are_left_out_are_fine():
    grammar = Grammar.of("\n\nS = a | 0.5 b .\n\n")
    assert grammar.words == {"a", "b", "."}
    assert [math.exp(rule.nats) for rule in grammar.rules["S"]] == pytest.approx([2 / 3, 1 / 3])
    assert list(itertools.chain(*(rule.right for rule in grammar.rules["S"]))) == ["a", "b", "."]
