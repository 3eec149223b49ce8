"""Maps: a table of shaded cells with a text in each, of names beside and above it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genbench.report.charts.theme import (
    CELL,
    GLYPH,
    LINE,
    WIDTH,
    Chart,
    names_axis,
    names_width,
    shortened,
    tooltip,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FAINT", "shaded_map"]

#: Opacity of a cell whose share is 0.
FAINT = 0.06

_SIDE = 40  # pixels of a cell, where few names leave room for it
_GAP = 4  # pixels between the texts of two cells
_SLANTED, _UPRIGHT = -45, -90  # degrees of the names above the map


def shaded_map(
    cells: Sequence[dict[str, Any]], beside: tuple[str, Sequence[str]], above: tuple[str, Sequence[str]],
    text: str, tips: Sequence[str], *, is_square: bool = True,
) -> Chart:  # fmt: skip
    """Return a map of cells, shaded by their field `share` in [0, 1].

    beside, above  the field of the names at that side, and the names in their order
    text           the field that each cell shows
    tips           the fields of its tooltip
    is_square      whether cells are as high as wide, else as high as a line
    """
    width = names_width(beside[1])
    least = max(LINE, GLYPH * max(len(str(cell[text])) for cell in cells) + _GAP)
    side = max(least, min(_SIDE, (WIDTH - width) // len(above[1])))
    overhang = GLYPH * len(shortened(above[1][-1])) * math.cos(math.radians(_SLANTED)) - side / 2
    is_slanted = width + side * len(above[1]) + overhang <= WIDTH
    head = {"title": None, "orient": "top", "labelAngle": _SLANTED if is_slanted else _UPRIGHT}
    axes = {"x": (above, names_axis() | head), "y": (beside, names_axis() | {"title": None})}
    places = {
        place: {"type": "nominal", "sort": list(names), "field": field, "axis": axis}
        for place, ((field, names), axis) in axes.items()
    }
    scale = {"domain": [0, 1], "range": [FAINT, 1]}
    shade = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    shown = {"tooltip": tooltip(*tips)}
    return {
        "data": {"values": list(cells)},
        "width": {"step": side},
        "height": {"step": side if is_square else LINE + _GAP},
        "layer": [
            {"mark": {"type": "rect", "color": CELL}, "encoding": places | {"opacity": shade} | shown},
            {"mark": {"type": "text"}, "encoding": places | {"text": {"field": text}} | shown},
        ],
    }
