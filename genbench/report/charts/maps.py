"""Maps: a table of shaded cells with a text in each, and that of pairwise wins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genbench.report.charts.columns import tables_on
from genbench.report.charts.theme import (
    CELL,
    GLYPH,
    LINE,
    WIDTH,
    Chart,
    names_axis,
    names_width,
    shorten,
    stack,
    tooltip,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.view import Line, Table, View

__all__ = ["FAINT", "shaded_map", "win_map"]

#: Opacity of a cell whose share is 0.
FAINT = 0.06

_SIDE = 40  # pixels of a cell, where few names leave room for it
_GAP = 4  # pixels between the texts of two cells
_SLANTED, _UPRIGHT = -45, -90  # degrees of the names above the map
_BEATS = (
    "beats: has a better mean, be it significant or not; a tie counts for neither here, and half in the rank"
)


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
    overhang = GLYPH * len(shorten(above[1][-1])) * math.cos(math.radians(_SLANTED)) - side / 2
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


def win_map(view: View, dataset: str) -> Chart | None:
    """Return the map of pairwise wins on a dataset, of rows over columns, in the metrics of the overall rank.

    A win is a better mean, be it significant or not; a tie counts for neither. A cell has the wins alone if
    all pairs are compared in equally many metrics. Returns None if no two generators are ranked together.
    Raises SuiteError if the board has no such dataset.
    """
    ranked = [table for table in tables_on(view, dataset) if len(_ranked_lines(table)) > 1]
    if not ranked:
        return None
    maps = [_wins(table) for table in ranked]
    totals = {cell["of"] for cells in maps for cell in cells}
    count = f"{min(totals)} metric{'' if totals == {1} else 's'}" if len(totals) == 1 else ""
    note = (
        f"in how many of {count} a row beats a column"
        if count
        else "in how many metrics a row beats a column"
    )
    panels = [_wins_panel(cells, "won" if count else "wins") for cells in maps]
    return stack(panels, "wins", note, _BEATS)


def _ranked_lines(table: Table) -> list[Line]:
    return [line for line in table.rows if line.row.rank is not None]


def _wins_panel(cells: list[dict[str, Any]], text: str) -> Chart:
    """Return the map of cells with the field `text` in each."""
    names = list(dict.fromkeys(cell["generator"] for cell in cells))
    return shaded_map(cells, ("generator", names), ("against", names), text, ("generator", "against", "wins"))


def _wins(table: Table) -> list[dict[str, Any]]:
    rows = _ranked_lines(table)
    return [_win(table, one, two) for one in rows for two in rows if one is not two]


def _win(table: Table, one: Line, two: Line) -> dict[str, Any]:
    """Return how often a row beats another one, in the metrics of the overall rank where both have a loss."""
    pairs = [(one.entry(head), two.entry(head)) for head in table.heads if head.is_shared]
    losses = [(a.loss, b.loss) for a, b in pairs if a and b and a.loss is not None and b.loss is not None]
    won, of = sum(own < other for own, other in losses), len(losses)
    names = {"generator": one.name, "against": two.name}
    return names | {"won": won, "of": of, "wins": f"{won}/{of}", "share": won / of if of else 0.0}
