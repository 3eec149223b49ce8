from __future__ import annotations

import io

import pytest
from PIL import Image

from genbench.charts.drawing import FORMATS, drawn, drawn_for_page
from genbench.charts.theme import ACCENT, DARK, framed

BEGINNINGS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}


def chart(text="a"):
    points = [{"x": k, "name": f"{text}{k % 3}"} for k in range(9)]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "name", "type": "nominal"}}
    marks = [{"mark": {"type": mark, "opacity": 0.5}, "encoding": encoding} for mark in ("point", "tick")]
    return framed({"data": {"values": points}, "layer": marks}, "title", "note")


@pytest.mark.parametrize("form", FORMATS)
def test_equal_charts_give_equal_bytes(form):
    files = {drawn(chart(), form) for _ in range(3)}
    assert len(files) == 1
    assert files.pop().startswith(BEGINNINGS[form])


def test_a_pdf_keeps_its_length_and_its_references():
    content = drawn(chart(), "pdf")
    assert content.count(b" obj\n") == content.count(b"\nendobj\n")
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref")
    for number, line in enumerate(content[start:].split(b"\n")[3:], 1):
        if line.endswith(b" n\r"):
            place = int(line.split()[0])
            assert content[place:].startswith(f"{number} 0 obj".encode())


def test_a_png_has_the_resolution_of_print():
    svg, png = (drawn(chart(), form) for form in ("svg", "png"))
    width = float(svg.split(b'width="')[1].split(b'"')[0])
    assert Image.open(io.BytesIO(png)).width == pytest.approx(3 * width, abs=3)


def test_texts_are_escaped_in_svg():
    svg = drawn(chart('<script>&"'), "svg")
    assert b"<script" not in svg
    assert b"&lt;script&gt;&amp;" in svg


def test_the_picture_of_a_page_has_dark_colours_and_a_file_has_not():
    light, both = drawn(chart(), "svg"), drawn_for_page(chart())
    assert b"prefers-color-scheme" not in light
    assert f'[fill="{ACCENT}"]{{fill:{DARK[ACCENT]}}}'.encode() in both
    assert both.startswith(b"<svg ")
    assert b"><style>@media screen and (prefers-color-scheme:dark){" in both[:400]
    assert b'aria-roledescription="point"' in light
    assert b'aria-roledescription="point"' not in both


def test_a_chart_sends_no_request():
    with pytest.raises(ValueError, match="not allowed"):
        drawn(chart() | {"data": {"url": "http://127.0.0.1:9/data.json"}}, "svg")
