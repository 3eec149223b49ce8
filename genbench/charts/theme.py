"""How charts look: sizes, colours and fonts, and the frame of a Vega-Lite chart."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ACCENT",
    "GREY",
    "INK",
    "NAMES",
    "ROLES",
    "ROW",
    "WIDTH",
    "Chart",
    "colour_of",
    "filled_if_best",
    "framed",
    "panelled",
    "told",
]

#: A chart of Vega-Lite 6, as the dictionary that its JSON holds.
Chart = dict[str, Any]

#: Width of a chart and height of a row in pixels; 320 are 3.3 inches, the width of a column of a paper.
WIDTH, ROW = 320, 19

#: Pixels of that width for the names of generators beside a plot.
NAMES = 120

#: Colours of Okabe and Ito's palette, which colour-blind people can tell apart.
ACCENT, GREY, INK = "#0072B2", "#767676", "#222222"

#: Role of a control to its colour.
ROLES = {"ceiling": "#009E73", "exploit": "#E69F00", "floor": "#767676"}

_TITLE, _NOTE = 48, 60  # characters of a line of the title and of a note
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_FONT = (
    "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is in vl-convert, and as wide as the second
)
_CONFIG = {
    "background": "#ffffff",
    "font": _FONT,
    "axis": {
        "domainColor": GREY, "gridColor": "#e8e8e8", "labelColor": INK, "labelLimit": 150, "tickColor": GREY,
        "titleColor": INK, "titleFontSize": 11, "titleFontWeight": "normal", "titlePadding": 6,
    },
    "header": {
        "labelColor": INK, "labelFontSize": 11, "labelFontWeight": "normal", "titleFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 10},
    "title": {"anchor": "start", "color": INK, "fontSize": 12, "fontWeight": "normal", "subtitleColor": GREY,
              "subtitleFontSize": 10, "offset": 8},
    "view": {"stroke": None},
}  # fmt: skip


def framed(view: Chart, title: str, *notes: str) -> Chart:
    """Return a view as a whole chart with a title, and notes below it, in genbench's style.

    Lines that are longer than the chart is wide are wrapped.
    """
    lines = [line for note in notes for line in textwrap.wrap(note, _NOTE)]
    text = textwrap.wrap(title, _TITLE)
    head: Chart = {"text": text if len(text) > 1 else title} | ({"subtitle": lines} if lines else {})
    return {"$schema": _SCHEMA, "title": head, "config": _CONFIG, "padding": 4, **view}


def panelled(panels: Sequence[Chart], title: str, *notes: str) -> Chart:
    """Return panels below one another as a whole chart; a note says that several cannot be compared."""
    if len(panels) == 1:
        return framed(panels[0], title, *notes)
    return framed({"vconcat": list(panels)}, title, *notes, "numbers of two panels cannot be compared")


def told(*fields: str) -> list[Chart]:
    """Return the tooltip of a mark, which shows these fields."""
    return [{"field": field, "type": "nominal"} for field in fields]


def colour_of(control: str | None) -> str:
    """Return the colour of a control by its role, or of a generator that competes."""
    return ROLES.get(control, INK) if control else ACCENT


def filled_if_best() -> Chart:
    """Return the fill of a mark: one whose `best` is true is filled."""
    return {"condition": {"test": "datum.best", "value": ACCENT}, "value": "#ffffff"}
