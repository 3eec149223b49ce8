"""How the verdicts and numbers of cards read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench import worse
from genbench.checks.battery.card import VERDICTS, format_numbers


def test_every_verdict_has_words_of_its_own():
    assert len(set(VERDICTS.values())) == len(VERDICTS)


@pytest.mark.parametrize(
    ("effect", "shown"), [(88.0, "+88.0"), (-0.06, "-0.1"), (0.04, "0"), (-123_456.0, "-1e+05")]
)
def test_a_change_is_in_floors(card_row, effect, shown):
    assert format_numbers(card_row("noise", "one", "+", worse, "right", effect))[1] == shown


def test_a_change_is_shown_by_itself_where_the_floor_has_no_spread(card_row):
    row = replace(card_row("blur", "one", "-", worse, "right", 0.0), effect=None, change=-0.5)
    assert format_numbers(row)[1] == "no floor, -0.5"
    assert format_numbers(replace(row, change=0.0))[1] == "0"


def test_a_row_without_a_value_has_no_numbers(card_row):
    row = replace(card_row("blur", "one", "-", worse, "right", 0.0), value=None, change=None)
    assert format_numbers(row) == ("", "")
