"""Charts as files: SVG, PNG and PDF, by vl-convert, which reads no file and sends no request for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.report.charts.theme import COLUMN, INCH, PADDING, dark_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.report.charts.theme import Chart

__all__ = ["FORMATS", "draw_chart", "draw_for_page"]

_POINTS = 72  # of an inch
_PNG_INCH = 288  # pixels of a PNG in an inch
_SIDES = re.compile(rb'(?<= )width="([\d.]+)" height="([\d.]+)"')
_OUTSIDE = re.compile(rb'href="(?!data:|#)')

#: Names of clipping paths, which vl-convert numbers on from one chart of a process to the next.
_CLIPS = re.compile(r"(?<=[#\"])clip(\d+)(?=[\")])")

#: A tag, in which no text has a bracket, and what of it changes nothing in an image.
_TAG = re.compile(rb"<[a-z][^<>]*>")
_NEEDLESS = re.compile(
    rb' (?:class|role|cursor|pointer-events|aria-[a-z]+)="[^"]*"| opacity="1"| font-weight="normal"'
)
_FONT = re.compile(rb' font-family="[^"]*"')
_DECIMALS = re.compile(rb"(\.\d\d)\d+")
_HIDDEN = re.compile(rb'<path[^<>]* display="none"/>')

#: Lines of a PDF's dictionaries of resources, one a resource, in any order.
_RESOURCES = re.compile(rb"(?:^ *\/[A-Za-z]+\d+ \d+ 0 R\n)+", re.MULTILINE)
_STREAMS = re.compile(rb"(\nstream\n.*?\nendstream\n)", re.DOTALL)


def draw_chart(chart: Chart, form: str) -> bytes:
    """Return a chart as a file of one of the FORMATS; equal charts give equal bytes with one vl-convert.

    A chart that is narrower than a column of a paper has more room at its right, so that all have one width
    and text of one size. PNG and PDF hold their fonts. SVG names them: Liberation Sans, or Arial, which is as
    wide. Raises ValueError for a chart of data or pictures that it does not hold itself.
    """
    width, _ = _width_and_height(_draw_svg(chart))
    spare = max(0.0, COLUMN - width)
    sides = dict.fromkeys(("left", "top", "right", "bottom"), PADDING)
    return FORMATS[form](chart | {"padding": sides | {"right": PADDING + spare}})


def draw_for_page(chart: Chart) -> bytes:
    """Return a chart as SVG that is light or dark as the page that shows it.

    It has no labels for screen readers ("aria"): they cannot reach labels within an image, which would double
    its size. The page describes the chart in the `alt` of the image instead.
    """
    image = _shrink_svg(_draw_svg(chart | {"config": chart["config"] | {"aria": False}}))
    opening, bracket, body = image.partition(b">")
    return b"".join((opening, bracket, b"<style>", dark_rules().encode("ascii"), b"</style>", body))


def _shrink_svg(image: bytes) -> bytes:
    """Return an SVG that looks the same in two thirds of the bytes.

    It loses hidden paths, attributes without effect, such as classes, and decimals after the second. The
    root has the font of all texts, in place of each text.
    """
    font = _FONT.search(image)
    # in each tag, from the inside out: attributes without effect, the font, further decimals
    small = _TAG.sub(lambda tag: _DECIMALS.sub(rb"\1", _FONT.sub(b"", _NEEDLESS.sub(b"", tag[0]))), image)
    small = _HIDDEN.sub(b"", small)
    return small if font is None else small.replace(b"<svg", b"<svg" + font[0], 1)


def _width_and_height(image: bytes) -> tuple[float, float]:
    """Return the width and the height of an SVG in pixels."""
    width, height = map(float, _SIDES.findall(image)[0])
    return width, height


def _draw_svg(chart: Chart) -> bytes:
    """Return a chart as SVG, its clipping paths numbered from 0, so that equal charts give equal bytes."""
    import vl_convert

    text: str = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    numbers = {number: str(index) for index, number in enumerate(dict.fromkeys(_CLIPS.findall(text)))}
    return _CLIPS.sub(lambda name: f"clip{numbers[name[1]]}", text).encode("utf-8")


def _draw_png(chart: Chart) -> bytes:
    """Return a chart as PNG, of 288 pixels an inch."""
    import vl_convert

    # vl-convert takes a pixel for a point, a 72nd of an inch; in a chart it is a 96th
    content: bytes = vl_convert.vegalite_to_png(
        chart, scale=_POINTS / INCH, ppi=_PNG_INCH, allowed_base_urls=[]
    )
    return content


def _draw_pdf(chart: Chart) -> bytes:
    """Return a chart as PDF, equal bytes for equal charts; raise ValueError if it links to a picture.

    A picture that the chart itself contains is allowed.
    """
    import vl_convert

    image = _draw_svg(chart)
    if _OUTSIDE.search(image):
        raise ValueError("pictures from elsewhere are not allowed in a chart")
    # svg_to_pdf takes a pixel for a point
    width, height = (side * _POINTS / INCH for side in _width_and_height(image))
    page = f'width="{width:g}" height="{height:g}"'.encode("ascii")
    content: bytes = vl_convert.svg_to_pdf(_SIDES.sub(page, image, count=1).decode("utf-8"))
    # `split` alternates between text and streams of binary data, which are odd and stay as they are; the
    # lines of resources have another order at each call, so they are sorted
    return b"".join(
        part if number % 2 else _RESOURCES.sub(_sort_lines, part)
        for number, part in enumerate(_STREAMS.split(content))
    )


def _sort_lines(dictionary: re.Match[bytes]) -> bytes:
    """Return the lines of a dictionary in order, since vl-convert writes them in another one at each call."""
    return b"".join(sorted(dictionary[0].splitlines(keepends=True)))


#: Name of a format, which is the suffix of its files, to the function that draws it.
FORMATS: dict[str, Callable[[Chart], bytes]] = {"svg": _draw_svg, "png": _draw_png, "pdf": _draw_pdf}
