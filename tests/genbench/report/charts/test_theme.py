from __future__ import annotations

import html
import json
import re

import pytest

from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.theme import (
    CELL,
    DARK,
    DASHES,
    GLYPH,
    GREY,
    INK,
    PAPER,
    ROLES,
    choose_colour,
    choose_dash,
    frame,
    make_dark_rules,
    make_names_axis,
    make_standalone,
    measure_names,
    shorten_name,
    stack,
    tooltip,
)


def axis(width, most):
    """Return the texts of an axis from 0 to `most`, each with its anchor, its place and its opacity."""
    view = {
        "data": {"values": [{"x": 0.0}, {"x": most}]},
        "width": width,
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative", "scale": {"nice": False}}},
    }
    text = draw_chart(frame(view, "title"), "svg").decode()
    label = r'text-anchor="(\w+)" transform="translate\(([-\d.]+),[\d.]+\)"[^>]* opacity="(\d)">(0\.\d+)<'
    return re.findall(label, text)


def test_numbers_at_an_axis_do_not_touch():
    shown = [text for _, _, opacity, text in axis(130, 0.0624) if opacity == "1"]
    assert shown == ["0.00", "0.02", "0.04", "0.06"]


def test_numbers_at_the_ends_of_an_axis_are_at_their_ticks():
    anchors, places, _, texts = zip(*axis(200, 0.5), strict=True)
    assert set(anchors) == {"middle"}
    assert [float(place) for place in places] == pytest.approx([400 * float(text) for text in texts], abs=1)
    assert (texts[0], texts[-1]) == ("0.0", "0.5")


def test_a_frame_adds_title_and_notes_to_a_view():
    view = {"mark": "point"}
    assert frame(view, "title")["title"] == {"text": "title"}
    assert frame(view, "title", "one", "two")["title"]["subtitle"] == ["one", "two"]
    assert frame(view, "title")["mark"] == "point"


def test_one_weight_of_the_font_is_enough():
    """Two weights would be two fonts in a PDF, in an order that changes from call to call."""
    config = frame({}, "title")["config"]
    assert config["title"]["fontWeight"] == config["axis"]["titleFontWeight"] == "normal"
    assert config["header"]["labelFontWeight"] == "normal"


def test_several_panels_are_below_one_another_with_a_note():
    assert stack([{"mark": "point"}], "title") == frame({"mark": "point"}, "title")
    several = stack([{"a": 1}, {"b": 2}], "title", "note")
    assert several["vconcat"] == [{"a": 1}, {"b": 2}]
    assert several["title"]["subtitle"] == ["note", "numbers of two panels cannot be compared"]


def test_long_lines_are_wrapped_so_that_they_do_not_widen_a_chart():
    head = frame({}, "a long title " * 9, "a long note " * 20, "short")["title"]
    assert max(map(len, head["text"])) < 50
    assert max(map(len, head["subtitle"])) < 65
    assert head["subtitle"][-1] == "short"
    assert " ".join(head["text"]) == " ".join(["a long title"] * 9)


def test_lines_break_neither_at_a_hyphen_nor_before_the_number_after_plus_or_minus():
    head = frame({}, f"{'a' * 36} sentence-bleu", f"{'b' * 44} 105.4 ± 2.7")["title"]
    assert head["text"] == ["a" * 36, "sentence-bleu"]
    assert head["subtitle"] == ["b" * 44, "105.4 ± 2.7"]


@pytest.mark.parametrize("title", ["fid", "a title of forty characters, or nearly so", "word " * 20])
def test_a_chart_by_itself_names_its_dataset_at_the_end_of_its_title(title):
    chart = frame({}, title.strip(), "note")
    assert make_standalone(chart, "digits", "why") == frame({}, f"{title.strip()} on digits", "why", "note")
    assert chart == frame({}, title.strip(), "note")


def test_a_tooltip_shows_fields_as_they_are():
    assert tooltip("n", "seeds") == [{"field": "n", "type": "nominal"}, {"field": "seeds", "type": "nominal"}]


def luminance(colour):
    """Return the relative luminance of a colour (WCAG 2)."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, two):
    """Return the contrast of two colours, from 1 to 21 (WCAG 2)."""
    low, high = sorted(map(luminance, (one, two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shown", [lambda colour: colour, DARK.__getitem__], ids=["light", "dark"])
def test_texts_and_marks_can_be_told_from_what_is_behind_them(shown):
    for text, behind in ((INK, PAPER), (GREY, PAPER), (INK, CELL)):
        assert contrast(shown(text), shown(behind)) >= 4.5
    for mark in (choose_colour(None), *map(choose_colour, ROLES)):
        assert contrast(shown(mark), shown(PAPER)) >= 3


def test_each_role_has_a_dash_of_its_own():
    dashes = [choose_dash(role) for role in (None, *ROLES)]
    assert set(DASHES) == set(ROLES)
    assert all(dashes.count(dash) == 1 for dash in dashes)
    assert choose_dash("a role of a plugin") == choose_dash(None)


def test_each_colour_of_a_chart_has_a_dark_one():
    config = json.dumps(frame({}, "title")["config"])
    used = {*re.findall(r"#[0-9A-Fa-f]{6}", config), choose_colour(None), *ROLES.values()}
    assert used <= set(DARK)
    rules = make_dark_rules(".plot")
    assert all(f'.plot [fill="{light}"]{{fill:{dark}}}' in rules for light, dark in DARK.items())
    assert all(f'.plot [stroke="{light}"]{{stroke:{dark}}}' in rules for light, dark in DARK.items())


def test_names_take_their_width_up_to_a_limit():
    assert measure_names(["a"]) < measure_names(["a", "long-name"]) < measure_names(["n" * 30])
    assert measure_names(["n" * 30]) == measure_names(["n" * 90]) < 200


def test_a_long_name_keeps_its_beginning_and_its_run():
    assert shorten_name("n" * 22) == "n" * 22
    assert shorten_name("diffusion-transformer@quickstart") == "diffusion-tra…ickstart"
    assert len(shorten_name("n" * 90)) == 22
    assert GLYPH * len(shorten_name("n" * 90)) <= measure_names(["n" * 90])


def test_an_axis_shortens_names_as_shortened_does():
    names = ["n" * 22, "diffusion-transformer@quickstart", "'; alert(1)" * 3]
    y = {"field": "name", "type": "nominal", "axis": make_names_axis()}
    view = {"data": {"values": [{"name": name} for name in names]}, "mark": "point", "encoding": {"y": y}}
    text = html.unescape(draw_chart(frame(view, "title"), "svg").decode())
    assert all(f">{shorten_name(name)}</text>" in text for name in names)
