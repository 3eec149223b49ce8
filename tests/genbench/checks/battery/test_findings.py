"""What a card says of faults that a metric does not punish."""

from __future__ import annotations

import pytest

from genbench import anything, better, falls, unchanged, worse
from genbench.checks.battery.card import Finding, list_detected, list_unpunished


def told(card):
    return [(one.fault, one.levels, one.does, one.verdict) for one in list_unpunished(card)]


def test_what_is_not_worse_beyond_the_floor_is_not_punished(card):
    assert told(card()) == [
        ("noise", ("0.1 of range",), "unchanged", ""),
        ("blur", ("0.4 px",), "better", "WRONG"),
        ("blur", ("1 px",), "worse, by less than two real sets differ", ""),
        ("collapse", ("to 50",), "better, by less than two real sets differ", ""),
        ("train-copies", ("100 %",), "better", "known failure"),
        ("smaller-n", ("n/4",), "", "no value"),
        ("row-order", ("shuffled",), "mixed", "WRONG"),
    ]


def test_what_is_worse_beyond_it_is_punished_from_its_mildest_level(card):
    assert list_detected(card()) == ["noise from 0.2", "collapse to 10 or less"]


def test_levels_that_fail_alike_stand_together_with_the_reason(card, card_row):
    why = "copies are real"
    rows = [card_row("train-copies", level, "0", worse | unchanged.because(why), "known", 0.1, why)
            for level in ("25 %", "50 %")]  # fmt: skip
    (found,) = list_unpunished(card(rows=tuple(rows)))
    assert found == Finding(
        fault="train-copies", levels=("25 %", "50 %"), does="unchanged", verdict="known failure", reason=why
    )


@pytest.mark.parametrize(("direction", "sign"), [("higher", "-"), ("lower", "+"), ("target", "+")])
def test_every_direction_has_its_own_worse(card, card_row, direction, sign):
    row = card_row("noise", "0.2", sign, worse, "right", -9.0 if sign == "-" else 9.0)
    found = card(rows=(row,), direction=direction, best=0.0)
    assert (list_detected(found), told(found)) == (["noise"], [])


def test_a_number_that_is_not_ranked_punishes_nothing_and_misses_what_does_not_change_it(card, card_row):
    rows = (
        card_row("noise", "0.2", "-", falls, "right", -9.0),
        card_row("blur", "1 px", "0", anything, "unjudged", 0.0),
    )
    found = card(rows=rows, direction="none")
    assert list_detected(found) == ["noise"]
    assert told(found) == [("blur", ("1 px",), "unchanged", "")]


def test_a_known_failure_where_nothing_has_to_get_worse_is_told_too(card, card_row):
    row = card_row("smaller-n", "n/2", "-", better.because("it is biased"), "known", -5.0, "it is biased")
    assert told(card(rows=(row,))) == [("smaller-n", ("n/2",), "better", "known failure")]


def test_fewer_samples_are_no_fault_to_be_punished(card, card_row):
    rows = [
        card_row(fault, "one", "+", worse, "right", 9.0) for fault in ("smaller-n", "row-order", "duplicates")
    ]
    assert list_detected(card(rows=tuple(rows))) == ["duplicates"]
