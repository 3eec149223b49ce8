"""Cards as pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from genbench import worse
from genbench.battery.card import CardRow, Floor
from genbench.battery.views_svg import card_svg


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - we wrote it


def elements(svg, tag):
    return parsed(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")


def texts(svg):
    return [element.text for element in elements(svg, "text")]


def test_a_picture_has_a_line_for_each_fault_and_a_legend_of_the_verdicts_found(card):
    svg = card_svg([card()])
    found = texts(svg)
    assert {"noise", "0.1 of range", "0.2", "blur", "train-copies", "row-order"} <= set(found)
    assert found.count("noise") == 1
    assert {"as expected", "known failure", "wrong way", "should have moved", "not judged"} <= set(found)
    assert not {"FAILED", "the metric failed"} & set(found)
    assert "gap on marks with rows: n = 60, 3 seeds" in found
    assert {"\u2190 better", "worse \u2192"} <= set(found)
    assert "no value" in found


def test_a_picture_is_the_same_bytes_and_small(card):
    assert card_svg([card()]) == card_svg([card()])
    assert len(card_svg([card()]).encode()) < 12_000


def test_marks_of_verdicts_differ_in_shape(card, card_row):
    def shape(verdict):
        lines = card_svg([card(rows=(card_row("noise", "0.2", "+", worse, verdict, 1.0),))]).splitlines()
        (stem,) = (place for place, line in enumerate(lines) if "#bbbbbb" in line)
        return re.sub('fill="[^"]*"|stroke="[^"]*"', "", lines[stem + 1])

    shapes = {
        verdict: shape(verdict) for verdict in ("right", "known", "wrong", "faint", "unseen", "unjudged")
    }
    assert len(set(shapes.values())) == len(shapes)


def test_where_a_metric_failed_the_picture_has_a_mark_and_a_word(card, card_rows):
    failed = CardRow(
        fault="label-shift",
        level="60 % one",
        sign=None,
        expected="+",
        verdict="failed",
        reason="why",
        fault_effect="worse",
    )
    svg = card_svg([card(rows=(*card_rows, failed))])
    assert {"FAILED", "the metric failed"} <= set(texts(svg))
    squares = [path for path in elements(svg, "path") if path.get("d").endswith("h10v10h-10z")]
    assert len(squares) == 2  # in its line and in the legend


def test_nothing_lies_outside_of_the_picture(card):
    svg = card_svg([card()])
    width, height = (float(parsed(svg).get(side)) for side in ("width", "height"))
    for tag, x, y in (("circle", "cx", "cy"), ("text", "x", "y")):
        for element in elements(svg, tag):
            assert 0 < float(element.get(x)) < width
            assert 0 < float(element.get(y)) < height


def test_a_floor_without_a_spread_is_said(card):
    svg = card_svg([card(floor=Floor((10.0, 10.0), 10.0, 0.0))])
    assert "gap: real against real 10.00, floor 0, so any change is beyond it" in texts(svg)


def test_numbers_of_one_metric_stand_side_by_side(card):
    svg = card_svg([card(), card(metric="other[rows]", direction="higher")])
    assert "gap, other on marks with rows: n = 60, 3 seeds" in texts(svg)
    assert texts(svg).count("noise") == 1
    assert {"\u2190 worse", "better \u2192"} <= set(texts(svg))


def test_a_picture_escapes_what_others_wrote(card):
    assert "<b>" not in card_svg([card(dataset="<b>")])


def test_the_change_of_a_target_is_called_that_of_the_distance_from_it(card):
    assert "change of the distance from 0.5, in floors" in texts(
        card_svg([card(direction="target", best=0.5)])
    )
