"""The plot of ranks: each generator's rank on a dataset, and the ranks that the seeds leave possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.formatting import label, rank_text
from genbench.charts.columns import blocks_in
from genbench.charts.theme import ACCENT, NAMES, ROW, WIDTH, Chart, framed, stacked, told
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board

__all__ = ["ranks_plot"]


def ranks_plot(board: Board, dataset: str) -> Chart | None:
    """Return the plot of overall ranks on a dataset, with a panel for each group that cannot be compared.

    The mark is the rank by mean win rate; the bar is its range. A filled mark is a rank whose range starts at
    1. Returns None if no generator has a rank. Raises SuiteError if the board has no such dataset.
    """
    ranked = [block for block in blocks_in(board, dataset) if any(row.rank for row in block.rows)]
    if not ranked:
        return None
    panels = [_panel(block) for block in ranked]
    title = f"ranks on {one_line(dataset)}"
    notes = ["bar: the ranks that the seeds leave possible"]
    if len(panels) == 1:
        return framed(panels[0], title, *notes)
    return framed(stacked(panels), title, *notes, "ranks of two panels cannot be compared")


def _panel(block: Block) -> Chart:
    """Return the panel of one block."""
    rows = [
        {
            "generator": one_line(label(row)),
            "rank": row.rank,
            "low": row.rank if row.rank_low is None else row.rank_low,
            "high": row.rank if row.rank_high is None else row.rank_high,
            "best": row.rank_low == 1,
            "range": rank_text(row),
        }
        for row in block.rows
        if row.rank is not None
    ]
    names = [row["generator"] for row in rows]
    last = max(row["high"] for row in rows)
    y = {"field": "generator", "type": "nominal", "sort": names, "scale": {"domain": names}, "title": None}
    axis = {"tickMinStep": 1, "format": "d"}
    x = {"type": "quantitative", "scale": {"domain": [0.5, last + 0.5], "nice": False}, "axis": axis}
    over = len(block.shared)
    title = f"rank over {over} metric{'' if over == 1 else 's'}"
    tips = {"tooltip": told("generator", "rank", "range")}
    layers = [
        {
            "mark": {
                "type": "rule",
                "color": ACCENT,
                "strokeWidth": 6,
                "opacity": 0.35,
                "strokeCap": "round",
            },
            "encoding": {"x": x | {"field": "low", "title": title}, "x2": {"field": "high"}, "y": y} | tips,
        },
        {
            "mark": {"type": "point", "size": 60, "stroke": ACCENT, "strokeWidth": 1.2, "opacity": 1},
            "encoding": {
                "x": x | {"field": "rank"},
                "y": y,
                "fill": {"condition": {"test": "datum.best", "value": ACCENT}, "value": "#ffffff"},
                **tips,
            },
        },
    ]
    return {"data": {"values": rows}, "width": WIDTH - NAMES, "height": ROW * len(names), "layer": layers}
