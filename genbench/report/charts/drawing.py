"""Charts as files: SVG, PNG and PDF, by vl-convert, which reads no file and sends no request for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.report.charts.theme import COLUMN, INCH, PADDING, make_dark_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.report.charts.theme import Chart

__all__ = ["FORMATS", "SPARE", "draw_chart", "draw_for_page"]

#: Share of the width of a chart at the right of its image on a page. Texts are measured in Liberation Sans;
#: a reader without it and Arial sees them in DejaVu Sans, which is up to 18 % wider.
SPARE = 0.18

_POINTS = 72  # of an inch
_PNG_INCH = 288  # pixels of a PNG in an inch
_BOX = re.compile(rb'(?<= )width="[^"]*" height="[^"]*" viewBox="[^"]*"')
_SIDES = re.compile(rb'(?<= )width="([\d.]+)" height="([\d.]+)"')
_EXTERNAL_LINK = re.compile(rb'href="(?!data:|#)')  # to something outside of the file

#: Names of clipping paths: "clip0", "clip1", … vl-convert goes on counting at the next chart of a process.
_CLIPS = re.compile(r"(?<=[#\"])clip(\d+)(?=[\")])")

#: A tag (in an SVG, no attribute contains a bracket), and attributes of tags that change nothing in an image.
_TAG = re.compile(rb"<[a-z][^<>]*>")
_NEEDLESS = re.compile(
    rb' (?:class|role|cursor|pointer-events|aria-[a-z]+)="[^"]*"| opacity="1"| font-weight="normal"'
)
_FONT = re.compile(rb' font-family="[^"]*"')
_DECIMALS = re.compile(rb"(\.\d\d)\d+")
_HIDDEN = re.compile(rb'<path[^<>]* display="none"/>')

#: Lines of a PDF's dictionaries of resources, such as fonts: a line for each, in any order.
_RESOURCES = re.compile(rb"(?:^ *\/[A-Za-z]+\d+ \d+ 0 R\n)+", re.MULTILINE)
_STREAMS = re.compile(rb"(\nstream\n.*?\nendstream\n)", re.DOTALL)


def draw_chart(chart: Chart, form: str) -> bytes:
    """Return a chart as a file of one of the FORMATS; equal charts give equal bytes with one vl-convert.

    A chart that is narrower than a column of a paper gets more room at its right: then all charts have one
    width, and a paper that scales them to its column shows text of one size. PNG and PDF contain their fonts.
    SVG names them: Liberation Sans, or Arial, which is as wide. Raises ValueError for a chart with data or
    pictures outside of itself.
    """
    width, _ = _width_and_height(_draw_svg(chart))  # only a drawn chart has a width
    spare = max(0.0, COLUMN - width)
    sides = dict.fromkeys(("left", "top", "right", "bottom"), PADDING)
    return FORMATS[form](chart | {"padding": sides | {"right": PADDING + spare}})


def draw_for_page(chart: Chart) -> bytes:
    """Return a chart as SVG that is light or dark as the page that shows it.

    Its parts have no labels for screen readers ("aria"), which cannot reach them within an image; they would
    double the size. Instead, the page describes the chart in the `alt` of the image. At the right is SPARE
    room, since an image cuts what goes beyond it; at the left, `make_rows_axis` leaves room.
    """
    image = _shrink_svg(_draw_svg(chart | {"config": chart["config"] | {"aria": False}}))
    width, height = _width_and_height(image)
    whole = (1 + SPARE) * width
    box = f'width="{whole:g}" height="{height:g}" viewBox="0 0 {whole:g} {height:g}"'
    opening, bracket, body = _BOX.sub(box.encode("ascii"), image, count=1).partition(b">")
    return b"".join((opening, bracket, b"<style>", make_dark_rules().encode("ascii"), b"</style>", body))


def _shrink_svg(image: bytes) -> bytes:
    """Return an SVG that looks the same in two thirds of the bytes.

    It removes hidden paths, attributes without effect, such as classes, and decimals after the second. All
    texts have one font: the root names it, instead of each text.
    """
    font = _FONT.search(image)
    small = _HIDDEN.sub(b"", _TAG.sub(_shrink_tag, image))
    return small if font is None else small.replace(b"<svg", b"<svg" + font[0], 1)


def _shrink_tag(tag: re.Match[bytes]) -> bytes:
    """Return a tag without the font, attributes without effect, and decimals after the second."""
    return _DECIMALS.sub(rb"\1", _FONT.sub(b"", _NEEDLESS.sub(b"", tag[0])))


def _width_and_height(image: bytes) -> tuple[float, float]:
    """Return the width and the height of an SVG in pixels."""
    width, height = map(float, _SIDES.findall(image)[0])
    return width, height


def _draw_svg(chart: Chart) -> bytes:
    """Return a chart as SVG, its clipping paths numbered from 0, so that equal charts give equal bytes."""
    import vl_convert

    text: str = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    old_numbers = dict.fromkeys(_CLIPS.findall(text))  # each once, in order
    new_numbers = {old: new for new, old in enumerate(old_numbers)}
    return _CLIPS.sub(lambda name: f"clip{new_numbers[name[1]]}", text).encode("utf-8")


def _draw_png(chart: Chart) -> bytes:
    """Return a chart as PNG, of 288 pixels an inch."""
    import vl_convert

    # vl-convert takes a pixel of a chart for a point, a 72nd of an inch; our pixels are a 96th of an inch
    content: bytes = vl_convert.vegalite_to_png(
        chart, scale=_POINTS / INCH, ppi=_PNG_INCH, allowed_base_urls=[]
    )
    return content


def _draw_pdf(chart: Chart) -> bytes:
    """Return a chart as PDF, equal bytes for equal charts.

    Raises ValueError for a chart that links to a picture: only pictures that the chart contains are allowed.
    """
    import vl_convert

    image = _draw_svg(chart)
    if _EXTERNAL_LINK.search(image):
        raise ValueError("pictures from elsewhere are not allowed in a chart")
    # svg_to_pdf takes a pixel for a point, as vl-convert does for PNG, so the SVG gets its size in points
    width, height = (side * _POINTS / INCH for side in _width_and_height(image))
    page = f'width="{width:g}" height="{height:g}"'.encode("ascii")
    content: bytes = vl_convert.svg_to_pdf(_SIDES.sub(page, image, count=1).decode("utf-8"))
    # vl-convert writes resources in another order at each call, so their lines are sorted. `split` returns
    # text and streams in turn; the streams, at odd indices, are binary data and stay as they are.
    pieces = _STREAMS.split(content)
    pieces[::2] = [_RESOURCES.sub(_sort_lines, text) for text in pieces[::2]]
    return b"".join(pieces)


def _sort_lines(dictionary: re.Match[bytes]) -> bytes:
    """Return the lines of a dictionary of resources, sorted."""
    return b"".join(sorted(dictionary[0].splitlines(keepends=True)))


#: Name of a format, which is the suffix of its files, to the function that draws it.
FORMATS: dict[str, Callable[[Chart], bytes]] = {"svg": _draw_svg, "png": _draw_png, "pdf": _draw_pdf}
