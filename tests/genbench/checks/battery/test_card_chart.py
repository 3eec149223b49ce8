"""Cards as pictures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from genbench import worse
from genbench.checks.battery.card import Floor, LeftOut
from genbench.report.charts.cards import card_chart
from genbench.report.charts.drawing import FORMATS, draw_chart


def panels(chart):
    """Return the panels of a chart, in order."""
    inner = chart.get("vconcat") or chart.get("hconcat")
    return [panel for part in inner for panel in panels(part)] if inner else [chart]


def values(panel, field):
    """Return the rows of the layer that has this field."""
    return [
        row
        for layer in panel["layer"]
        for row in layer["data"]["values"]
        if field in row and layer["mark"]["type"] != "rule"
    ]


def marks(chart):
    """Return the marks of verdicts in the first panel: place in floors by fault and level."""
    (points,) = [layer for layer in panels(chart)[0]["layer"] if "fill" in layer["encoding"]]
    return {tuple(row["line"].split("\t")): row for row in points["data"]["values"]}


def looks(chart):
    """Return the shape and colours of each verdict in the legend."""
    (points,) = [layer for layer in panels(chart)[0]["layer"] if "fill" in layer["encoding"]]
    scales = [points["encoding"][channel]["scale"] for channel in ("shape", "fill", "stroke")]
    assert len({tuple(scale["domain"]) for scale in scales}) == 1
    return dict(
        zip(scales[0]["domain"], zip(*(scale["range"] for scale in scales), strict=True), strict=True)
    )


def texts(chart):
    svg = draw_chart(chart, "svg").decode()
    return [text.replace("\u00a0", " ") for text in re.findall(r">([^<>]+)</t(?:ext|span)>", svg)]


def test_a_mark_stands_at_the_change_in_floors(card):
    found = marks(card_chart([card()]))
    assert found["blur", "0.4 px"]["at"] == -10
    assert found["noise", "0.2"]["at"] == 88
    assert found["blur", "0.4 px"]["verdict"] == "wrong"


def test_a_picture_says_what_the_card_says(card):
    found = texts(card_chart([card()]))
    assert {"noise", "0.1 of range", "0.2", "blur", "train-copies", "row-order"} <= set(found)
    assert found.count("noise") == 1
    assert {
        "gap on marks with planted faults",
        "features: rows; n = 60, 3 seeds",
        "real against real 11.00, floor ±1.0",
    } <= set(found)
    assert "not planted: collapse to 200" in found
    assert re.search("\u2190 better +worse \u2192", "\n".join(found))
    assert "no value" in found


def test_the_legend_has_the_verdicts_that_appear(card, card_row):
    one = card(rows=(card_row("noise", "0.2", "+", worse, "right", 1.0),))
    assert list(looks(card_chart([one]))) == ["right"]
    assert "as expected" in texts(card_chart([one]))
    assert set(looks(card_chart([card()]))) == {"right", "known", "wrong", "faint", "unseen", "unjudged"}


def test_verdicts_differ_without_colours(card, card_row):
    row = card_row("noise", "0.2", "+", worse, "right", 1.0)
    rows = [replace(row, level=name, verdict=name) for name in
            ("right", "known", "wrong", "faint", "unseen", "unjudged", "failed")]  # fmt: skip
    chart = card_chart([card(rows=tuple(rows))])
    sizes = {row["verdict"]: row["size"] for row in marks(chart).values()}
    seen = {
        (shape, fill == "#ffffff", sizes[verdict] < 30) for verdict, (shape, fill, _) in looks(chart).items()
    }
    assert len(seen) == len(rows)


def test_where_a_metric_failed_the_picture_has_a_mark_and_a_word(card, card_row):
    row = replace(card_row("noise", "0.2", None, worse, "failed", None), reason="why")
    chart = card_chart([card(rows=(row,))])
    assert marks(chart)["noise", "0.2"]["at"] == 0
    assert {"FAILED", "the metric failed"} <= set(texts(chart))


def test_a_change_beyond_the_axis_has_an_arrow_at_its_end(card):
    chart = card_chart([card()])
    far = marks(chart)["noise", "0.4"]
    assert (far["at"], far["arrow"]) == (1_000, "triangle-right")
    assert "arrow" not in marks(chart)["noise", "0.2"]


def test_a_floor_without_a_spread_is_said_and_has_no_band(card, card_row):
    row = replace(card_row("noise", "0.2", "+", worse, "right", 1.0), effect=None)
    flat = card_chart([card(rows=(row,), floor=Floor((10.0, 10.0), 10.0, 0.0))])
    assert "real against real 10.00, floor 0: any change is beyond it" in " ".join(texts(flat))
    assert "arrow" in marks(flat)["noise", "0.2"]
    assert not values(flat, "low")
    assert values(card_chart([card()]), "low") == [{"low": -2, "high": 2}]


def test_each_number_of_a_metric_has_a_panel_and_two_stand_side_by_side(card):
    cards = [card(metric=f"{name}[rows]", direction="higher") for name in ("one", "two", "three")]
    chart = card_chart(cards)
    assert [panel["title"]["text"] for panel in panels(chart)] == ["one", "two", "three"]
    assert [len(row.get("hconcat", [row])) for row in chart["vconcat"]] == [2, 1]
    found = texts(chart)
    assert "gap on marks with planted faults" in found
    assert found.count("noise") == 2
    assert re.search("\u2190 worse +better \u2192", "\n".join(found))


def test_the_change_of_a_target_is_called_that_of_the_distance_from_it(card):
    found = texts(card_chart([card(direction="target", best=0.5)]))
    assert "change of the distance from 0.5, in floors" in found


def test_texts_of_strangers_are_one_line_and_no_markup(card):
    card = card(dataset="<b>\u202e", left_out=(LeftOut("<i>", "x", "why"),))
    svg = draw_chart(card_chart([card]), "svg").decode()
    assert not re.search("<b>|<i>|\u202e", svg)
    assert "&lt;b&gt;\\u202e" in svg


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_card_gives_the_same_bytes(card, form):
    assert draw_chart(card_chart([card()]), form) == draw_chart(card_chart([card()]), form)
