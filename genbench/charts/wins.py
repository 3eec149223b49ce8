"""The map of pairwise wins: in how many metrics a generator has a better mean than another one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genbench.board.formatting import label
from genbench.charts.columns import blocks_in
from genbench.charts.theme import (
    CELL,
    GLYPH,
    LINE,
    WIDTH,
    Chart,
    names_axis,
    names_width,
    panelled,
    shortened,
    tooltip,
)
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row

__all__ = ["win_map"]

_SIDE = 40  # pixels of a cell, where few generators leave room for it
_GAP = 4  # pixels between the texts of two cells
_FAINT = 0.06  # opacity of a cell without a win
_BEATS = "beats: has a better mean, be it significant or not; a tie counts for neither"
_SLANTED, _UPRIGHT = -45, -90  # degrees of the names above the map


def win_map(board: Board, dataset: str) -> Chart | None:
    """Return the map of pairwise wins on a dataset, of rows over columns, in the metrics of the overall rank.

    A win is a better mean, be it significant or not; a tie counts for neither. A cell has the wins alone if
    all pairs are compared in equally many metrics. Returns None if no two generators are ranked together.
    Raises SuiteError if the board has no such dataset.
    """
    ranked = [block for block in blocks_in(board, dataset) if len(_ranked(block)) > 1]
    if not ranked:
        return None
    maps = [_cells(block) for block in ranked]
    totals = {cell["of"] for cells in maps for cell in cells}
    count = f"{min(totals)} metric{'' if totals == {1} else 's'}" if len(totals) == 1 else ""
    note = (
        f"in how many of {count} a row beats a column"
        if count
        else "in how many metrics a row beats a column"
    )
    panels = [_panel(cells, "won" if count else "wins") for cells in maps]
    return panelled(panels, "wins", note, _BEATS)


def _ranked(block: Block) -> list[Row]:
    return [row for row in block.rows if row.rank is not None]


def _panel(cells: list[dict[str, Any]], text: str) -> Chart:
    """Return the map of cells with the field `text` in each."""
    names = list(dict.fromkeys(cell["generator"] for cell in cells))
    beside = names_width(names)
    least = max(LINE, GLYPH * max(len(str(cell[text])) for cell in cells) + _GAP)
    side = max(least, min(_SIDE, (WIDTH - beside) // len(names)))
    overhang = GLYPH * len(shortened(names[-1])) * math.cos(math.radians(_SLANTED)) - side / 2
    is_slanted = beside + side * len(names) + overhang <= WIDTH
    axis = {"type": "nominal", "sort": names}
    above = {"title": None, "orient": "top", "labelAngle": _SLANTED if is_slanted else _UPRIGHT}
    places = {
        "x": axis | {"field": "against", "axis": names_axis() | above},
        "y": axis | {"field": "generator", "axis": names_axis() | {"title": None}},
    }
    scale = {"domain": [0, 1], "range": [_FAINT, 1]}
    shade = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    tips = {"tooltip": tooltip("generator", "against", "wins")}
    return {
        "data": {"values": cells},
        "width": {"step": side},
        "height": {"step": side},
        "layer": [
            {"mark": {"type": "rect", "color": CELL}, "encoding": places | {"opacity": shade} | tips},
            {"mark": {"type": "text"}, "encoding": places | {"text": {"field": text}} | tips},
        ],
    }


def _cells(block: Block) -> list[dict[str, Any]]:
    rows = _ranked(block)
    return [_cell(block, one, two) for one in rows for two in rows if one is not two]


def _cell(block: Block, one: Row, two: Row) -> dict[str, Any]:
    """Return how often a row beats another one, in the metrics of the overall rank where both have a loss."""
    pairs = [(column.entry(one), column.entry(two)) for column in block.shared]
    losses = [(a.loss, b.loss) for a, b in pairs if a and b and a.loss is not None and b.loss is not None]
    won, of = sum(own < other for own, other in losses), len(losses)
    names = {"generator": one_line(label(one)), "against": one_line(label(two))}
    return names | {"won": won, "of": of, "wins": f"{won}/{of}", "share": won / of if of else 0.0}
