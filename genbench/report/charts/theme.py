"""How charts look: sizes, colours and fonts, and the frame of a Vega-Lite chart."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ACCENT", "CELL", "COLUMN", "DARK", "DASHES", "GLYPH", "GREY", "HALO", "INCH", "INK", "LINE",
    "PADDING", "PAPER", "ROLES", "ROW", "SIZE", "UNRANKED", "UNRANKED_SHAPE", "WIDTH",
    "Chart", "choose_colour", "choose_dash", "frame",
    "make_arrow", "make_best_fill", "make_dark_rules", "make_generator_rows", "make_layer",
    "make_names_axis", "make_rows_axis", "make_standalone", "measure_names", "shorten_name", "stack",
    "tooltip",
]  # fmt: skip

#: A chart of Vega-Lite 6, as the dictionary that its JSON holds.
Chart = dict[str, Any]

#: Pixels of the width of a column of a paper, 3.3 inches, and of an inch.
COLUMN, INCH = 317, 96

#: Pixels of the width of a chart without its padding and what is beyond the ends of its axes, and of a row.
WIDTH, ROW = 300, 20

#: Pixels around a chart.
PADDING = 4

#: Pixels of the text of a chart, of one of its characters, and of a line; 12 pixels are 9 points.
SIZE, GLYPH, LINE = 12, 6.6, 13.0

#: Colours of Okabe and Ito's palette, which colour-blind people can tell apart, and those of text and paper.
ACCENT, GREY, INK, PAPER = "#0072B2", "#767676", "#222222", "#ffffff"

#: Colour of the full cell of a map, on which ink can be read.
CELL = "#5AA5D6"

#: What a text has behind it where it may lie on a line.
HALO = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "aria": False}

#: The shape of the open mark of a generator that a reason excludes from the ranks, and the text at its name.
UNRANKED_SHAPE, UNRANKED = "cross", "not ranked"

#: Role of a control to its colour.
ROLES = {"ceiling": "#009E73", "exploit": "#D55E00", "floor": GREY}

#: Role of a control to the dash of its line, which tells it from others without a colour; [1, 0] is solid.
DASHES = {"ceiling": [7, 2], "exploit": [2, 2], "floor": [7, 2, 2, 2]}

#: Axis and its end to the arrow that points beyond it, and the pixels from its tip to its middle.
_ARROWS = {
    ("x", "low"): ("triangle-left", "xOffset", 3), ("x", "high"): ("triangle-right", "xOffset", -3),
    ("y", "low"): ("triangle-down", "yOffset", -3), ("y", "high"): ("triangle-up", "yOffset", 3),
}  # fmt: skip

_GRID = "#e8e8e8"

#: Each colour of a chart to the one that takes its place on a dark page.
DARK = {
    ACCENT: "#56B4E9", GREY: "#a4abb3", INK: "#e4e6e9", PAPER: "#141414", CELL: "#2B6C96", _GRID: "#2d3136",
    ROLES["ceiling"]: "#33C699", ROLES["exploit"]: "#E69F00",
}  # fmt: skip

_TIED = "\u00a0±\u00a0"  # no line ends at these spaces
_TITLE, _NOTE = 46, 50  # characters of a line of the title and of a note
_NAMES_WIDTH = 150  # pixels of the names of generators beside a plot
_WIDEST_NAME = 160  # pixels of 22 letters in DejaVu Sans, which readers see who lack the fonts of _FONT
_MOST_LETTERS = int(_NAMES_WIDTH / GLYPH)  # of a name
_FIRST_LETTERS = 13  # letters that a longer one keeps at its beginning
_LAST_LETTERS = _MOST_LETTERS - 1 - _FIRST_LETTERS  # letters that it keeps at its end
_TICK = 20  # pixels from the names to the plot, and around the chart
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_FONT = (
    "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is in vl-convert, and as wide as the second
)
_CONFIG = {
    "background": PAPER,
    "font": _FONT,
    "axis": {
        "domainColor": GREY, "gridColor": _GRID, "labelColor": INK, "labelFlush": False,
        "labelFontSize": SIZE, "labelLimit": _NAMES_WIDTH, "labelSeparation": 6, "tickColor": GREY,
        "titleColor": INK, "titleFontSize": SIZE, "titleFontWeight": "normal", "titlePadding": 6,
    },
    "header": {
        "labelColor": INK, "labelFontSize": SIZE, "labelFontWeight": "normal", "titleFontWeight": "normal",
    },
    "legend": {"labelColor": INK, "labelFontSize": SIZE},
    "text": {"color": INK, "fontSize": SIZE},
    "title": {"anchor": "start", "color": INK, "fontSize": SIZE + 1, "fontWeight": "normal",
              "subtitleColor": GREY, "subtitleFontSize": SIZE, "offset": 8},
    "view": {"stroke": None},
}  # fmt: skip


def frame(view: Chart, title: str, *notes: str) -> Chart:
    """Return a view, such as a plot or panels, as a whole chart with a title and notes, in genbench's style.

    Lines that are longer than the chart is wide are wrapped.
    """
    head = {"text": _wrap_title([title])} | _wrap_notes(notes)
    return {"$schema": _SCHEMA, "title": head, "config": _CONFIG, "padding": PADDING, **view}


def make_standalone(chart: Chart, dataset: str, *notes: str) -> Chart:
    """Return a chart for a file by itself: its title names the dataset, and `notes` come before its own."""
    head = chart["title"]
    # Vega-Lite has a title of one line as a text, and a title of several lines as a list
    lines = [head["text"]] if isinstance(head["text"], str) else head["text"]
    text = _wrap_title([*lines[:-1], f"{lines[-1]} on {one_line(dataset)}"])
    return chart | {"title": head | {"text": text} | _wrap_notes(notes, head.get("subtitle", []))}


def _wrap_notes(notes: Iterable[str], others: Sequence[str] = ()) -> Chart:
    """Return the part of a title that has the wrapped lines of notes, then `others`; {} without any."""
    lines = [*(line for note in notes for line in _wrap_lines(note, _NOTE)), *others]
    return {"subtitle": lines} if lines else {}


def _wrap_title(lines: Sequence[str]) -> str | list[str]:
    """Return the wrapped lines of a title as Vega-Lite takes them: a list, or a single line as a text."""
    wrapped = [part for line in lines for part in _wrap_lines(line, _TITLE)]
    return wrapped if len(wrapped) > 1 else "".join(lines)  # an empty title has no wrapped line


def _wrap_lines(text: str, width: int) -> list[str]:
    """Return the lines of a text, of at most `width` characters; a ± stays with its numbers."""
    # textwrap never breaks a line at the no-break spaces of _TIED
    lines = textwrap.wrap(text.replace(" ± ", _TIED), width, break_on_hyphens=False)
    return [line.replace(_TIED, " ± ") for line in lines]


def stack(panels: Sequence[Chart], title: str, *notes: str) -> Chart:
    """Return panels below one another as a whole chart.

    Each panel has rows that are comparable with one another alone, such as those of one signature. If there
    are several panels, a note says that their numbers cannot be compared.
    """
    if len(panels) == 1:
        return frame(panels[0], title, *notes)
    return frame({"vconcat": list(panels)}, title, *notes, "numbers of two panels cannot be compared")


def measure_names(names: Iterable[str]) -> float:
    """Return the pixels that the names of generators beside a plot take, with the gap to the plot.

    They take at most 150 pixels, since a plot shortens longer names.
    """
    return min(GLYPH * max(map(len, names)), _NAMES_WIDTH) + _TICK


def shorten_name(name: str) -> str:
    """Return a name in at most 22 characters; of a longer one, the beginning and the end remain.

    The end has the name of the run on a board of merged runs, where a generator is named GENERATOR@RUN.
    """
    return name if len(name) <= _MOST_LETTERS else f"{name[:_FIRST_LETTERS]}…{name[-_LAST_LETTERS:]}"


def make_names_axis() -> Chart:
    """Return the part of an axis that shortens long names of generators, as `shorten_name` does."""
    name = "datum.label"  # in the expression that Vega-Lite evaluates for each name
    short = f"slice({name}, 0, {_FIRST_LETTERS}) + '…' + slice({name}, -{_LAST_LETTERS})"
    text = f"length({name}) <= {_MOST_LETTERS} ? {name} : {short}"
    return {"labelExpr": text, "labelLimit": _WIDEST_NAME}


def make_rows_axis(room: float) -> Chart:
    """Return the axis of a chart that has names beside its rows, with `room` pixels at the left of the plot.

    room  what `measure_names` returns for all texts there

    The chart has this room even if its texts are narrower, since a reader may see an SVG in a wider font.
    """
    return make_names_axis() | {"title": None, "minExtent": room - 2 * PADDING}


def make_generator_rows(names: Sequence[str], room: float) -> Chart:
    """Return the y channel of a chart that has a row for each generator, in the order of `names`.

    room  pixels of the names, as in `make_rows_axis`
    """
    axis = make_rows_axis(room)
    return {"field": "generator", "type": "nominal", "sort": names, "scale": {"domain": names}, "axis": axis}


def make_layer(rows: Sequence[Chart], mark: Chart, encoding: Chart) -> Chart:
    """Return a layer of a chart with data of its own: `rows`, which it draws as `mark`."""
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def make_dark_rules(inside: str = "") -> str:
    """Return the style sheet that replaces the colours of charts (attributes of SVG) on a dark page.

    inside  a selector of the elements that hold the charts, "" for a chart by itself

    A printed page keeps the light colours.
    """
    # without a selector, a rule would begin with the space: lstrip removes it
    rules = "".join(
        f'{inside} [{attribute}="{light}"]{{{attribute}:{dark}}}'.lstrip()
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"


def tooltip(*fields: str) -> list[Chart]:
    """Return the tooltip of a mark, which shows these fields."""
    return [{"field": field, "type": "nominal"} for field in fields]


def make_arrow(axis: str, end: str) -> Chart:
    """Return the mark of an interval that is longer than the axis: an arrow at an end of the axis.

    axis  "x" or "y"
    end   "low" or "high"

    The arrow is moved inward, so that its tip is at the end of the axis.
    """
    shape, offset, inward = _ARROWS[axis, end]
    return {"type": "point", "shape": shape, "size": 40, "filled": True, "opacity": 1, offset: inward}


def choose_colour(control: str | None) -> str:
    """Return the colour of a generator by its role as a control.

    control  the role, such as "ceiling"; None for a generator that competes. A role without a colour of its
             own has the colour of text
    """
    return ROLES.get(control, INK) if control else ACCENT


def choose_dash(control: str | None) -> list[int]:
    """Return the lengths of dash and gap of the line of a control by its role; [1, 0], solid, for others."""
    return DASHES.get(control, [1, 0]) if control else [1, 0]


def make_best_fill() -> Chart:
    """Return the fill channel of a mark, which is hollow unless its field `best` is true."""
    return {"condition": {"test": "datum.best", "value": ACCENT}, "value": PAPER}
