"""The grammar of `grammar-world`: its words, and that they are written right."""

from __future__ import annotations

import pytest
from genbench_text.datasets.grammar_world import grammar_world
from genbench_text.datasets.small_world import small_world


@pytest.fixture(scope="module")
def data():
    return grammar_world()


def test_the_small_world_has_hundreds_of_words_and_no_two_that_differ_in_their_capital_only():
    grammar = small_world()
    assert 600 < len(grammar.words) < 800
    assert len({word.lower() for word in grammar.words}) == len(grammar.words)
    assert all(word.isascii() and (word.isalpha() or word in {",", ".", "?"}) for word in grammar.words)
    made = {symbol for rules in grammar.rules.values() for rule in rules for symbol in rule.right}
    assert {word for word in grammar.words if word[0].isupper() and word.lower() in made} == set()


def test_after_a_comes_no_vowel(data):
    after = {b for text in data.samples.data for a, b in zip(text.split(), text.split()[1:], strict=False)
             if a in {"a", "A"}}  # fmt: skip
    assert after
    assert not any(word[0] in "aeiou" for word in after)
