from __future__ import annotations

from genbench.charts.theme import framed, panelled, told


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


def test_several_panels_are_below_one_another_with_a_note():
    assert panelled([{"mark": "point"}], "title") == framed({"mark": "point"}, "title")
    several = panelled([{"a": 1}, {"b": 2}], "title", "note")
    assert several["vconcat"] == [{"a": 1}, {"b": 2}]
    assert several["title"]["subtitle"] == ["note", "numbers of two panels cannot be compared"]


def test_long_lines_are_wrapped_so_that_they_do_not_widen_a_chart():
    head = framed({}, "a long title " * 9, "a long note " * 20, "short")["title"]
    assert max(map(len, head["text"])) < 50
    assert max(map(len, head["subtitle"])) < 65
    assert head["subtitle"][-1] == "short"
    assert " ".join(head["text"]) == " ".join(["a long title"] * 9)


def test_a_tooltip_shows_fields_as_they_are():
    assert told("n", "seeds") == [{"field": "n", "type": "nominal"}, {"field": "seeds", "type": "nominal"}]
