"""A card and its JSON."""

from __future__ import annotations

import json

import pytest

from genbench import anything, worse
from genbench.checks.battery.card import VERDICTS, CardRow, Floor


def test_a_card_is_sound_unless_something_moved_the_wrong_way_or_failed(card, card_rows):
    sound = [row for row in card_rows if row.verdict != "wrong"]
    assert not card().is_sound
    assert card(rows=tuple(sound)).is_sound
    failed = CardRow(fault="noise", level="0.2", sign=None, expected="+", verdict="failed", reason="KeyError",
                     fault_effect="worse")  # fmt: skip
    assert not card(rows=(*sound, failed)).is_sound


@pytest.mark.parametrize(
    ("direction", "shown", "is_blind"),
    [
        ("lower", [("noise", "+", 3.0)], False),
        ("lower", [("noise", "+", 1.0), ("blur", "0", 5.0)], True),
        ("lower", [("noise", "0", 0.0), ("smaller-n", "+", 9.0), ("row-order", "+", 9.0)], True),
        ("lower", [("noise", "0", 0.0), ("duplicates", "+", 9.0)], False),
        ("none", [("noise", "0", 0.0)], False),
    ],
)
def test_a_ranked_metric_that_saw_no_fault_is_blind_and_not_sound(card, card_row, direction, shown, is_blind):
    rows = tuple(card_row(fault, "one", sign, anything, "right", effect) for fault, sign, effect in shown)
    found = card(direction=direction, rows=rows)
    assert found.is_blind == is_blind
    assert found.is_sound != is_blind


def test_without_damage_a_metric_is_not_blind(card, card_row):
    rows = [
        card_row(fault, "one", "0", anything, "right", 0.0)
        for fault in ("smaller-n", "row-order", "duplicates")
    ]
    found = card(rows=tuple(rows))
    assert not found.has_damage
    assert not found.is_blind
    assert found.is_sound
    assert card().has_damage


@pytest.mark.parametrize(
    ("direction", "verdicts", "is_reversed"),
    [
        ("lower", ["wrong", "wrong"], True),
        ("higher", ["wrong", "wrong"], True),
        ("target", ["wrong", "wrong"], False),
        ("lower", ["wrong", "right"], False),
        ("lower", ["wrong"], False),
        ("lower", [], False),
    ],
)
def test_a_direction_looks_reversed_where_every_fault_that_showed_made_it_better(
    card, card_row, direction, verdicts, is_reversed
):
    faults = zip(("noise", "blur"), verdicts, strict=False)
    rows = [card_row(fault, "one", "-", worse, verdict, -5.0) for fault, verdict in faults]
    unseen = card_row("collapse", "one", "0", worse, "unseen", 1.0)
    copies = card_row("train-copies", "100 %", "+", worse, "right", 3.0)
    found = card(direction=direction, best=0.0, rows=(*rows, unseen, copies))
    assert found.is_reversed == is_reversed


def test_the_smallest_effect_is_the_mildest_level_that_moved_it_beyond_the_floor(card, card_row, card_rows):
    faint = card_row("label-shift", "60 % one", "+", worse, "right", 1.5)
    assert card(rows=(*card_rows, faint)).find_mildest_levels() == {
        "noise": "0.2", "blur": "0.4 px", "collapse": "to 10", "train-copies": "100 %", "label-shift": None,
    }  # fmt: skip


def test_a_fault_without_a_score_is_neither_seen_nor_unseen(card):
    assert "smaller-n" not in card().find_mildest_levels()


def test_json_holds_all_of_it(card):
    found = json.loads(json.dumps(card().to_json(), allow_nan=False))
    assert (found["metric"], found["seeds"]) == ("gap[rows]", 3)
    assert list(found["verdicts"]) == list(VERDICTS)
    assert found["verdicts"] == dict.fromkeys(VERDICTS, 1) | {"right": 3, "wrong": 2, "failed": 0}
    assert found["floor"] == {"values": [10.0, 11.0, 12.0], "mean": 11.0, "sd": 1.0}
    assert found["rows"][1]["verdict"] == "right"
    assert found["left_out"] == [{"fault": "collapse", "level": "to 200", "reason": "n is 60"}]
    assert found["seen_from"]["noise"] == "0.2"


def test_json_warns_as_a_printed_card_does(card, card_row):
    flat = card(floor=Floor((1.0, 1.0), 1.0, 0.0), unknown_faults=("no such fault",))
    unknown, seeds, floor = flat.to_json()["warnings"]
    assert unknown == "no such fault"
    assert seeds == "2 seeds agree by chance one time in 2: ask for 5 or more"
    assert floor.startswith("real data score the same at every seed: the floor has no spread")
    assert card(floor=Floor((1.0, 1.5, 1.0, 1.2, 1.1), 1.0, 0.1)).to_json()["warnings"] == []


def test_json_says_whether_a_metric_is_blind_or_reversed_or_met_no_damage(card, card_row):
    names = ("has_damage", "is_blind", "is_reversed")
    blind = card(rows=(card_row("noise", "one", "0", worse, "unseen", 0.0),)).to_json()
    assert [blind[name] for name in names] == [True, True, False]
    reversed_ = [card_row(fault, "one", "-", worse, "wrong", -5.0) for fault in ("noise", "blur")]
    assert card(rows=tuple(reversed_)).to_json()["is_reversed"]
    assert not card(rows=(card_row("smaller-n", "n/2", "0", worse, "right", 0.0),)).to_json()["has_damage"]
