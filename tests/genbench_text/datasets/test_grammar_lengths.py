"""How long the sentences of a grammar are: the mass and the surprise of each length."""

from __future__ import annotations

import math

import pytest
from genbench_text.datasets.grammar import Grammar
from genbench_text.datasets.grammar_world import length_law


def test_up_to_a_great_length_the_mass_is_one_and_the_surprise_solves_the_linear_equations():
    grammar = Grammar.of("S = 3 a | 1 b S S")  # H = h(1/4) + 2 H / 4
    mass, surprise = length_law(grammar, {"a": 1, "b": 1}, 400)
    assert mass.sum() == pytest.approx(1, abs=1e-12)
    h = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert surprise.sum() == pytest.approx(2 * h, abs=1e-10)


def test_a_symbol_that_is_always_nothing_is_one():
    mass, surprise = length_law(Grammar.of("S = Nothing a\nNothing = _"), {"a": 1}, 2)
    assert mass.tolist() == [0, 1, 0]
    assert surprise.tolist() == [0, 0, 0]
