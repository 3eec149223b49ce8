"""A card, on a terminal, as JSON and as a picture."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from rich.console import Console

from genbench.battery.card import VERDICTS, Card, CardRow, Floor
from genbench.battery.views_svg import card_svg
from genbench.battery.views_terminal import print_card

FLOOR = Floor((10.0, 11.0, 12.0), 11.0, 1.0)


def row(fault, level, sign, expected, verdict, effect, reason=""):
    known = effect is not None
    return CardRow(fault=fault, level=level, sign=sign, expected=expected, verdict=verdict, reason=reason,
               value=11.0 + effect if known else None, change=effect, effect=effect)  # fmt: skip


ROWS = (
    row("noise", "0.1 of range", "0", "+", "unseen", 0.02),
    row("noise", "0.2", "+", "+", "right", 88.0),
    row("noise", "0.4", "+", "+", "right", 9e9),
    row("blur", "0.4 px", "-", "+", "wrong", -10.0),
    row("blur", "1 px", "+", "+", "right", 1.0),
    row("collapse", "to 50", "-", "+", "faint", -1.0),
    replace(row("collapse", "to 10", "+", "", "unjudged", 2.0), effect=None),
    row("train-copies", "100 %", "-", "-!", "known", -11.0, "copies of <real> data are near"),
    row("smaller-n", "n/4", None, "0", "no value", None, "too few"),
    row("row-order", "shuffled", "~", "0", "wrong", 0.1),
)


def card(rows=ROWS, **fields):
    known = {
        "metric": "gap[rows]",
        "direction": "lower",
        "best": None,
        "dataset": "marks",
        "extractor": "rows",
        "n": 60,
        "floor": FLOOR,
        "rows": rows,
        "left_out": {("collapse", "to 200"): "n is 60"},
    }
    return Card(**(known | fields))


def printed(shown, width=100):
    file = io.StringIO()
    print_card(Console(file=file, width=width, highlight=False, markup=False), shown)
    return file.getvalue()


def test_a_card_is_sound_unless_something_moved_the_wrong_way_or_failed():
    sound = [row for row in ROWS if row.verdict != "wrong"]
    assert not card().is_sound
    assert card(rows=tuple(sound)).is_sound
    failed = CardRow(fault="noise", level="0.2", sign=None, expected="+", verdict="failed", reason="KeyError")
    assert not card(rows=(*sound, failed)).is_sound


@pytest.mark.parametrize(
    ("direction", "shown", "is_blind"),
    [
        ("lower", [("noise", "+", 3.0)], False),
        ("lower", [("noise", "+", 1.0), ("blur", "0", 5.0)], True),
        ("lower", [("smaller-n", "+", 9.0), ("row-order", "+", 9.0)], True),
        ("none", [("noise", "0", 0.0)], False),
    ],
)
def test_a_ranked_metric_that_saw_no_fault_is_blind_and_not_sound(direction, shown, is_blind):
    rows = tuple(row(fault, "one", sign, "", "right", effect) for fault, sign, effect in shown)
    found = card(direction=direction, rows=rows)
    assert found.is_blind == is_blind
    assert found.is_sound != is_blind
    assert ("BLIND: no fault moved it" in printed(found)) == is_blind


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
    direction, verdicts, is_reversed
):
    faults = zip(("noise", "blur"), verdicts, strict=False)
    rows = [row(fault, "one", "-", "+", verdict, -5.0) for fault, verdict in faults]
    unseen = row("collapse", "one", "0", "+", "unseen", 1.0)
    copies = row("train-copies", "100 %", "+", "+", "right", 3.0)
    found = card(direction=direction, best=0.0, rows=(*rows, unseen, copies))
    assert found.is_reversed == is_reversed
    assert ("hint: the direction looks reversed" in printed(found)) == is_reversed


def test_few_seeds_and_a_floor_without_a_spread_are_warned_of():
    assert "warning: 3 seeds agree by chance one time in 4: ask for 5 or more" in printed(card())
    flat = printed(card(floor=Floor((1.0,) * 5, 1.0, 0.0)))
    assert "warning: real data score the same at every seed" in flat
    assert "warning: " not in printed(card(floor=Floor((10.0, 11.0, 12.0, 11.0, 11.0), 11.0, 0.7)))


def test_the_smallest_effect_is_the_mildest_level_that_moved_the_score_beyond_the_floor():
    faint = row("label-shift", "60 % one", "+", "+", "right", 1.5)
    assert card(rows=(*ROWS, faint)).seen_from() == {
        "noise": "0.2", "blur": "0.4 px", "collapse": "to 10", "train-copies": "100 %", "label-shift": None,
    }  # fmt: skip


def test_a_fault_without_a_score_is_neither_seen_nor_unseen():
    assert "smaller-n" not in card().seen_from()
    assert "not seen beyond it" not in printed(card())


def test_json_holds_all_of_it():
    found = json.loads(json.dumps(card().to_json(), allow_nan=False))
    assert (found["metric"], found["seeds"]) == ("gap[rows]", 3)
    assert list(found["verdicts"]) == list(VERDICTS)
    assert found["verdicts"] == dict.fromkeys(VERDICTS, 1) | {"right": 3, "wrong": 2, "failed": 0}
    assert found["floor"] == {"values": [10.0, 11.0, 12.0], "mean": 11.0, "sd": 1.0}
    assert found["rows"][1]["verdict"] == "right"
    assert found["left_out"] == [{"fault": "collapse", "level": "to 200", "reason": "n is 60"}]
    assert found["seen_from"]["noise"] == "0.2"


def test_a_printed_card_says_floor_verdicts_reasons_and_what_to_do():
    text = printed(card(), width=140)
    assert "gap[rows] on marks, n = 60, 3 seeds: lower is better" in text
    assert "real against real: 11.00, from 10.00 to 12.00; floor = 1.0" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["0.2", "99.00", "+88.0", "+", "+", "right"] in lines
    assert ["blur", "0.4", "px", "1.000", "-10.0", "-", "+", "WRONG"] in lines
    assert ["to", "10", "13.00", "no", "floor,", "+2", "+", "not", "judged"] in lines
    assert "seen beyond the floor from: noise 0.2, blur 0.4 px, collapse to 10, train-copies 100 %" in text
    assert "known failure: train-copies 100 %: copies of <real> data are near" in text
    assert "no value: smaller-n n/4: too few" in text
    assert "WRONG: blur 0.4 px: mend the metric, or declare what it does:" in text
    assert '    expects={"blur": "-! +: why"}' in [line.rstrip() for line in text.splitlines()]
    assert "left out: collapse to 200: n is 60" in text


def test_what_is_left_out_for_one_reason_stands_in_one_line():
    left_out = {
        ("loops", "30 %"): "no words",
        ("collapse", "to 200"): "n is 60",
        ("loops", "100 %"): "no words",
        ("truncation", "to 50 %"): "no words",
    }
    lines = [line for line in printed(card(left_out=left_out), width=140).splitlines() if "left out" in line]
    assert [line.rstrip() for line in lines] == [
        "left out: loops 30 %, 100 %; truncation to 50 %: no words",
        "left out: collapse to 200: n is 60",
    ]


@pytest.mark.parametrize("width", [100, 80])
def test_a_card_fits_a_terminal(width):
    wide = replace(row("dropped-modes", "20 % of labels", "-", "0!/+/-", "faint", -1234.5), value=-0.00012345)
    lines = printed(card(rows=(*ROWS, wide)), width).splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if "…" in line]
    assert any("expected" in line for line in lines) == (width == 100)


@pytest.mark.parametrize(
    ("direction", "best", "said"),
    [
        ("higher", None, "higher is better"),
        ("none", None, "not ranked"),
        ("target", 0.5, "nearest to 0.5 is better"),
    ],
)
def test_the_head_says_which_way_is_better(direction, best, said):
    assert said in printed(card(direction=direction, best=best)).splitlines()[0]


def test_the_floor_of_a_target_is_called_that_of_the_distances_from_it():
    shown = card(direction="target", best=0.5)
    said = "floor = 1.0, the standard deviation of their distances from 0.5"
    assert said in printed(shown, width=140)
    assert "change of the distance from 0.5, in floors" in texts(card_svg([shown]))


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - we wrote it


def elements(svg, tag):
    return parsed(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")


def texts(svg):
    return [element.text for element in elements(svg, "text")]


def test_a_picture_has_a_line_for_each_fault_and_a_legend_of_the_verdicts_found():
    svg = card_svg([card()])
    found = texts(svg)
    assert {"noise", "0.1 of range", "0.2", "blur", "train-copies", "row-order"} <= set(found)
    assert found.count("noise") == 1
    assert {"as expected", "known failure", "wrong way", "should have moved", "not judged"} <= set(found)
    assert not {"FAILED", "the metric failed"} & set(found)
    assert "gap on marks with rows: n = 60, 3 seeds" in found
    assert {"\u2190 better", "worse \u2192"} <= set(found)
    assert "no value" in found


def test_a_picture_is_the_same_bytes_and_small():
    assert card_svg([card()]) == card_svg([card()])
    assert len(card_svg([card()]).encode()) < 12_000


def test_marks_of_verdicts_differ_in_shape():
    def shape(verdict):
        lines = card_svg([card(rows=(row("noise", "0.2", "+", "+", verdict, 1.0),))]).splitlines()
        (stem,) = (place for place, line in enumerate(lines) if "#bbbbbb" in line)
        return re.sub('fill="[^"]*"|stroke="[^"]*"', "", lines[stem + 1])

    shapes = {
        verdict: shape(verdict) for verdict in ("right", "known", "wrong", "faint", "unseen", "unjudged")
    }
    assert len(set(shapes.values())) == len(shapes)


def test_where_a_metric_failed_the_picture_has_a_mark_and_a_word():
    failed = CardRow(
        fault="label-shift", level="60 % one", sign=None, expected="+", verdict="failed", reason="why"
    )
    svg = card_svg([card(rows=(*ROWS, failed))])
    assert {"FAILED", "the metric failed"} <= set(texts(svg))
    squares = [path for path in elements(svg, "path") if path.get("d").endswith("h10v10h-10z")]
    assert len(squares) == 2  # in its line and in the legend


def test_nothing_lies_outside_of_the_picture():
    svg = card_svg([card()])
    width, height = (float(parsed(svg).get(side)) for side in ("width", "height"))
    for tag, x, y in (("circle", "cx", "cy"), ("text", "x", "y")):
        for element in elements(svg, tag):
            assert 0 < float(element.get(x)) < width
            assert 0 < float(element.get(y)) < height


def test_a_floor_without_a_spread_is_said():
    svg = card_svg([card(floor=Floor((10.0, 10.0), 10.0, 0.0))])
    assert "gap: real against real 10.00, floor 0, so any change is beyond it" in texts(svg)


def test_numbers_of_one_metric_stand_side_by_side():
    svg = card_svg([card(), card(metric="other[rows]", direction="higher")])
    assert "gap, other on marks with rows: n = 60, 3 seeds" in texts(svg)
    assert texts(svg).count("noise") == 1
    assert {"\u2190 worse", "better \u2192"} <= set(texts(svg))


def test_a_picture_escapes_what_others_wrote():
    assert "<b>" not in card_svg([card(dataset="<b>")])


def test_every_verdict_is_explained():
    assert all(VERDICTS.values())
