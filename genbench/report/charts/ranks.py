"""The plot of ranks: each generator's rank on a dataset, and the ranks that the seeds leave possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.formatting import label, rank_text
from genbench.core.escaping import one_line
from genbench.report.charts.columns import blocks_in
from genbench.report.charts.theme import (
    ACCENT,
    ROW,
    WIDTH,
    Chart,
    filled_if_best,
    names_axis,
    names_width,
    panelled,
    tooltip,
)

if TYPE_CHECKING:
    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row

__all__ = ["ranks_plot"]

_RANGES = "line: the ranks that the seeds leave possible, for each generator by itself"
_NO_RANGES = "no ranges: they need three seeds whose samples differ, so noise may have decided the order"
_HOLLOW = "hollow: the seeds leave no rank 1 possible"

_MOST_TICKS = 12


def ranks_plot(board: Board, dataset: str) -> Chart | None:
    """Return the plot of overall ranks on a dataset, with a panel for each group that cannot be compared.

    The mark is the rank by mean win rate; the bar is its range. A mark is hollow if its range starts after 1.
    Returns None if no generator has a rank. Raises SuiteError if the board has no such dataset.
    """
    ranked = [block for block in blocks_in(board, dataset) if any(row.rank for row in block.rows)]
    if not ranked:
        return None
    has_ranges = any(row.rank_low is not None for block in ranked for row in block.rows)
    notes = [_RANGES if has_ranges else _NO_RANGES]
    if any(row.rank and not _may_be_first(row) for block in ranked for row in block.rows):
        notes.append(_HOLLOW)
    return panelled([_panel(block) for block in ranked], "ranks", *notes)


def _panel(block: Block) -> Chart:
    """Return the panel of one block."""
    ranked = [row for row in block.rows if row.rank is not None]
    rows = [_place(row) for row in ranked]
    names = [row["generator"] for row in rows]
    last = max(row.rank_high or row.rank or 1 for row in ranked)
    y = {
        "field": "generator",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names},
        "axis": names_axis() | {"title": None},
    }
    over = sum(_decides(column, block) for column in block.shared)
    x = {
        "type": "quantitative",
        "scale": {"domain": [0.5, last + 0.5], "nice": False},
        "axis": {"values": list(range(1, last + 1, -(-last // _MOST_TICKS))), "format": "d"},
        "title": f"rank over {over} metric{'' if over == 1 else 's'}",
    }
    both = {"y": y, "tooltip": tooltip("generator", "rank", "range")}
    bar = {"type": "rule", "color": ACCENT, "strokeWidth": 3}
    dot = {"type": "point", "size": 60, "stroke": ACCENT, "strokeWidth": 1.2, "opacity": 1}
    layers = [
        {"mark": bar, "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, **both}},
        {"mark": dot, "encoding": {"x": x | {"field": "rank"}, "fill": filled_if_best(), **both}},
    ]
    width = WIDTH - names_width(names)
    return {"data": {"values": rows}, "width": width, "height": ROW * len(names), "layer": layers}


def _may_be_first(row: Row) -> bool:
    return row.rank_low is None or row.rank_low == 1


def _decides(column: Column, block: Block) -> bool:
    """Return whether a column tells generators apart: two take part in it, and one has a value."""
    entries = [entry for rows in block.rivals if (entry := column.counted_entry(rows)) is not None]
    losses = [entry.loss for entry in entries if entry.loss is not None]
    return len(losses) > 1 and any(entry.value is not None for entry in entries)


def _place(row: Row) -> dict[str, Any]:
    """Return the rank of a row and its range, which is the rank alone under three seeds."""
    return {
        "generator": one_line(label(row)),
        "rank": row.rank,
        "low": row.rank if row.rank_low is None else row.rank_low,
        "high": row.rank if row.rank_high is None else row.rank_high,
        "best": _may_be_first(row),
        "range": rank_text(row),
    }
