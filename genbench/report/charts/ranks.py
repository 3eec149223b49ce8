"""The plot of ranks: each generator's rank on a dataset, and the ranks that the seeds leave possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.report.charts import theme
from genbench.report.charts.columns import tables_on

if TYPE_CHECKING:
    from genbench.board.rows import Row
    from genbench.board.view import Line, Table, View
    from genbench.report.charts.theme import Chart

__all__ = ["ranks_plot"]

_RANGES = "line: the ranks that the seeds leave possible, for each generator by itself"
_NO_RANGES = "no ranges: they need three seeds whose samples differ, so noise may have decided the order"
_HOLLOW = "hollow: the seeds leave no rank 1 possible"

_MOST_TICKS = 12  # numbers that fit side by side on the axis


def ranks_plot(view: View, dataset: str) -> Chart | None:
    """Return the plot of overall ranks on a dataset, with a panel for each of its tables that has ranks.

    A dataset has several tables if some of its generators share no metric, so that they cannot be compared.
    The mark is the rank by mean win rate; the bar is its range. A mark is hollow if its range starts after 1.
    Returns None if no generator has a rank. Raises SuiteError if the board has no such dataset.
    """
    tables = [table for table in tables_on(view, dataset) if any(line.row.rank for line in table.rows)]
    if not tables:
        return None
    rows = [line.row for table in tables for line in table.rows]
    notes = [_RANGES if any(row.rank_low is not None for row in rows) else _NO_RANGES]
    if any(row.rank and not _may_be_first(row) for row in rows):
        notes.append(_HOLLOW)
    return theme.stack([_make_panel(table) for table in tables], "ranks", *notes)


def _make_panel(table: Table) -> Chart:
    """Return the panel of one table: a mark at the rank of each ranked row, and a bar over its range."""
    ranked = [line for line in table.rows if line.row.rank is not None]
    rows = [_list_fields(line) for line in ranked]
    names = [row["generator"] for row in rows]
    # the axis ends at the greatest rank that a row has or may have
    last = max(line.row.rank_high or line.row.rank or 1 for line in ranked)
    room = theme.measure_names(names)
    y = theme.make_generator_rows(names, room)
    n_metrics = sum(head.decides for head in table.heads)  # the metrics that decide the rank
    x = {
        "type": "quantitative",
        "scale": {"domain": [0.5, last + 0.5], "nice": False},
        # every rank has a tick, or every second one and so on, so that they fit: the quotient is rounded up
        "axis": {"values": list(range(1, last + 1, -(-last // _MOST_TICKS))), "format": "d"},
        "title": f"rank over {n_metrics} metric{'' if n_metrics == 1 else 's'}",
    }
    common = {"y": y, "tooltip": theme.tooltip("generator", "rank", "range")}
    bar = {"type": "rule", "color": theme.ACCENT, "strokeWidth": 3}
    dot = {"type": "point", "size": 60, "stroke": theme.ACCENT, "strokeWidth": 1.2, "opacity": 1}
    layers = [
        {"mark": bar, "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, **common}},
        {"mark": dot, "encoding": {"x": x | {"field": "rank"}, "fill": theme.make_best_fill(), **common}},
    ]
    size = {"width": theme.WIDTH - room, "height": theme.ROW * len(names)}
    return {"data": {"values": rows}, **size, "layer": layers}


def _may_be_first(row: Row) -> bool:
    """Return whether the range of the rank of a row holds 1, or is unknown."""
    return row.rank_low is None or row.rank_low == 1


def _list_fields(line: Line) -> dict[str, Any]:
    """Return the fields of the chart for a row: its name, rank, the ends of the rank's range, and more.

    best   whether the range holds rank 1, or is unknown: the mark is then filled
    range  the rank and its range as a text, for the tooltip

    With fewer than three seeds there is no range, and both ends are the rank.
    """
    row = line.row
    return {
        "generator": line.name,
        "rank": row.rank,
        "low": row.rank if row.rank_low is None else row.rank_low,
        "high": row.rank if row.rank_high is None else row.rank_high,
        "best": _may_be_first(row),
        "range": line.rank,
    }
