"""Bounds that a suite requires of a number."""

from __future__ import annotations

import pytest

from genbench.core.bounds import Bound


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        (">= 0.5", False, True, True),
        ("> 0.5", False, False, True),
        ("<=0.5", True, True, False),
        ("< 0.5", True, False, False),
    ],
)
def test_a_bound_holds_on_its_side(text, below, at, above):
    bound = Bound.parse(text)
    assert [bound.holds(value) for value in (0.4, 0.5, 0.6)] == [below, at, above]


@pytest.mark.parametrize(("text", "number"), [("-2", -2.0), (".5", 0.5), ("1e-3", 0.001), ("2.", 2.0)])
def test_a_bound_has_any_form_of_a_number(text, number):
    assert Bound.parse(f">= {text}") == Bound(">=", number)


@pytest.mark.parametrize("text", ["0.5", ">=", "=> 0.5", ">= nan", ">= 1e999", ">= 0.5 ", 0.5, None, ["> 1"]])
def test_another_value_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"expected a bound such as '>= 0.9', got"):
        Bound.parse(text)
