from __future__ import annotations

import io
import re
from html import unescape

import pytest
from PIL import Image

from genbench.report.charts.drawing import FORMATS, draw_chart, draw_for_page
from genbench.report.charts.theme import ACCENT, DARK, frame

BEGINNINGS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}


def chart(text="a"):
    points = [{"x": k, "name": f"{text}{k % 3}"} for k in range(9)]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "name", "type": "nominal"}}
    marks = [{"mark": {"type": mark, "opacity": 0.5}, "encoding": encoding} for mark in ("point", "tick")]
    return frame({"data": {"values": points}, "layer": marks}, "title", "note")


@pytest.mark.parametrize("form", FORMATS)
def test_equal_charts_give_equal_bytes(form):
    files = {draw_chart(chart(), form) for _ in range(3)}
    assert len(files) == 1
    assert files.pop().startswith(BEGINNINGS[form])


def test_a_pdf_keeps_its_length_and_its_references():
    content = draw_chart(chart(), "pdf")
    assert content.count(b" obj\n") == content.count(b"\nendobj\n")
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref")
    for number, line in enumerate(content[start:].split(b"\n")[3:], 1):
        if line.endswith(b" n\r"):
            place = int(line.split()[0])
            assert content[place:].startswith(f"{number} 0 obj".encode())


def test_a_chart_is_as_wide_as_a_column_of_a_paper_in_each_format():
    svg, pdf, png = (draw_chart(chart() | {"width": 200}, form) for form in ("svg", "pdf", "png"))
    assert b'width="317"' in svg[:200]
    width, _ = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert width == pytest.approx(237.75)  # points, 3.3 inches
    image = Image.open(io.BytesIO(png))
    assert image.info["dpi"][0] == pytest.approx(288, abs=0.1)
    assert image.width / image.info["dpi"][0] == pytest.approx(3.3, abs=0.01)


def test_a_wider_chart_keeps_its_text():
    wide = chart() | {"width": 400}
    svg, pdf = draw_chart(wide, "svg"), draw_chart(wide, "pdf")
    width = float(svg.split(b'width="')[1].split(b'"')[0])
    assert width > 400
    assert float(re.search(rb"/MediaBox \[0 0 ([\d.]+)", pdf)[1]) == pytest.approx(0.75 * width, abs=0.01)


def test_texts_are_escaped_in_svg():
    svg = draw_chart(chart('<script>&"'), "svg")
    assert b"<script" not in svg
    assert b"&lt;script&gt;&amp;" in svg


def test_the_picture_of_a_page_has_dark_colours_and_a_file_has_not():
    light, both = draw_chart(chart(), "svg"), draw_for_page(chart())
    assert b"prefers-color-scheme" not in light
    assert f'[fill="{ACCENT}"]{{fill:{DARK[ACCENT]}}}'.encode() in both
    assert both.startswith(b"<svg ")
    assert b"><style>@media screen and (prefers-color-scheme:dark){" in both[:400]
    assert b'aria-roledescription="point"' in light
    assert b'aria-roledescription="point"' not in both


def test_the_picture_of_a_page_has_the_marks_and_texts_of_a_file_in_fewer_bytes():
    odd = ' role="b" 0.1234 '
    light, small = draw_chart(chart(odd), "svg"), draw_for_page(chart(odd))
    assert len(small) - small.index(b"</style>") < 0.7 * len(light)
    for mark in (rb"<path [^<>]*stroke=", rb"<line", rb"<rect", rb"<text"):
        assert len(re.findall(mark, small)) == len(re.findall(mark, light)) > 0
    texts = re.findall(rb">([^<>]+)</t(?:ext|span)>", small)
    assert texts == re.findall(rb">([^<>]+)</t(?:ext|span)>", light)
    assert any(odd.strip() in unescape(text.decode()) for text in texts)
    assert small.count(b"font-family") == 1


def test_a_chart_sends_no_request():
    with pytest.raises(ValueError, match="not allowed"):
        draw_chart(chart() | {"data": {"url": "http://127.0.0.1:9/data.json"}}, "svg")


def test_a_pdf_reads_no_picture_from_elsewhere():
    encoding = {"url": {"field": "url", "type": "nominal"}}
    view = {"data": {"values": [{"url": "picture.png"}]}, "mark": {"type": "image", "width": 9, "height": 9}}
    with pytest.raises(ValueError, match="not allowed"):
        draw_chart(frame(view | {"encoding": encoding}, "title"), "pdf")
