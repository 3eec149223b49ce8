"""The map of pairwise wins: in how many metrics a generator has a better mean than another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.formatting import label
from genbench.charts.columns import blocks_in
from genbench.charts.theme import CELL, Chart, panelled, told
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row

__all__ = ["win_map"]

_SIDE = 40  # pixels of a cell
_FAINT = 0.06  # opacity of a cell without a win


def win_map(board: Board, dataset: str) -> Chart | None:
    """Return the map of pairwise wins on a dataset, of rows over columns, in the metrics of the overall rank.

    A win is a better mean, be it significant or not; a tie counts for neither. Returns None if no two
    generators are ranked together. Raises SuiteError if the board has no such dataset.
    """
    ranked = [block for block in blocks_in(board, dataset) if len(_ranked(block)) > 1]
    if not ranked:
        return None
    title = one_line(f"wins on {dataset}")
    return panelled([_panel(block) for block in ranked], title, "in how many metrics a row beats a column")


def _ranked(block: Block) -> list[Row]:
    return [row for row in block.rows if row.rank is not None]


def _panel(block: Block) -> Chart:
    """Return the map of one block."""
    rows = _ranked(block)
    names = [one_line(label(row)) for row in rows]
    cells = [_cell(block, one, two) for one in rows for two in rows if one is not two]
    axis = {"type": "nominal", "sort": names, "title": None}
    places = {
        "x": axis | {"field": "against", "axis": {"orient": "top", "labelAngle": -45}},
        "y": axis | {"field": "generator"},
    }
    scale = {"domain": [0, 1], "range": [_FAINT, 1]}
    shade = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    tips = {"tooltip": told("generator", "against", "wins")}
    return {
        "data": {"values": cells},
        "width": {"step": _SIDE},
        "height": {"step": _SIDE},
        "layer": [
            {"mark": {"type": "rect", "color": CELL}, "encoding": places | {"opacity": shade} | tips},
            {"mark": {"type": "text"}, "encoding": places | {"text": {"field": "wins"}} | tips},
        ],
    }


def _cell(block: Block, one: Row, two: Row) -> dict[str, Any]:
    """Return how often a row beats another one, in the metrics of the overall rank where both have a loss."""
    pairs = [(column.entry(one), column.entry(two)) for column in block.shared]
    losses = [(a.loss, b.loss) for a, b in pairs if a and b and a.loss is not None and b.loss is not None]
    wins = sum(own < other for own, other in losses)
    names = {"generator": one_line(label(one)), "against": one_line(label(two))}
    return names | {"wins": f"{wins}/{len(losses)}", "share": wins / len(losses) if losses else 0.0}
