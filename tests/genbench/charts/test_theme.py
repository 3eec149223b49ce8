from __future__ import annotations

from genbench.charts.theme import framed, stacked, told


def test_a_frame_adds_title_and_notes_to_a_view():
    view = {"mark": "point"}
    assert framed(view, "title")["title"] == {"text": "title"}
    assert framed(view, "title", "one", "two")["title"]["subtitle"] == ["one", "two"]
    assert framed(view, "title")["mark"] == "point"


def test_one_weight_of_the_font_is_enough():
    """Two weights would be two fonts in a PDF, in an order that changes from call to call."""
    config = framed({}, "title")["config"]
    assert config["title"]["fontWeight"] == config["axis"]["titleFontWeight"] == "normal"
    assert config["header"]["labelFontWeight"] == "normal"


def test_one_panel_stays_as_it_is_and_several_are_below_one_another():
    assert stacked([{"mark": "point"}]) == {"mark": "point"}
    assert stacked([{"a": 1}, {"b": 2}]) == {"vconcat": [{"a": 1}, {"b": 2}]}


def test_a_tooltip_shows_fields_as_they_are():
    assert told("n", "seeds") == [{"field": "n", "type": "nominal"}, {"field": "seeds", "type": "nominal"}]
