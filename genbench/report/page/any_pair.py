"""The plot of any two metrics of a dataset, which a reader chooses on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.formatting import head
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.charts.axes import axis_of
from genbench.report.charts.choices import known_entries, pair_columns, pair_first
from genbench.report.charts.columns import axis_title, number_texts
from genbench.report.charts.placing import rules
from genbench.report.charts.scatter import (
    BESIDE,
    HEIGHT,
    PLOT_WIDTH,
    numbers_of,
    plot_layers,
    point_of,
)
from genbench.report.charts.theme import GREY, SIZE, Chart, framed
from genbench.report.page.markup import script_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row

__all__ = ["SCALE", "PairPlot", "pair_plot"]

#: Pixels of a page to one of a chart, which is as wide as a column of a paper.
SCALE = 1.2

_LEAST = 2  # metrics


@dataclass(frozen=True)
class PairPlot:
    """The names of the metrics, the two that are shown first, and what the page draws, as JSON.

    The JSON has the `chart` of the first two without data, the `rows` with their numbers in each metric, or
    null, for each metric its `axes`, without and with the controls, the look of a `note`, the one on
    intervals `beside` points, the `rules` that place names, and the `scale` of the page.
    """

    names: tuple[str, ...]
    first: tuple[int, int]
    chart: Markup


def pair_plot(board: Board, dataset: str) -> PairPlot | None:
    """Return the plot of the largest group of rows of a dataset that can be compared, or None without one.

    It shows first the first two ranked metrics of those that most generators have.
    """
    block = max(board.blocks(dataset), key=lambda block: len(block.rows))
    columns = pair_columns(block)
    if len(columns) < _LEAST:
        return None
    first = pair_first(block, columns)
    axes = [_axes(block, column) for column in columns]
    texts = [number_texts(block, column) for column in columns]
    content = {
        "chart": _chart(*(axes[number][0] for number in first)),
        "rows": [_point(row, columns, texts) for row in block.rows],
        "axes": axes,
        "note": {"color": GREY, "fontSize": SIZE},
        "beside": BESIDE,
        "rules": rules(),
        "scale": SCALE,
    }
    return PairPlot(tuple(one_line(_name(block, column)) for column in columns), first, script_json(content))


def _name(block: Block, column: Column) -> str:
    extractor = parse_id(column.metric)[1]
    return f"{head(block, column)} ({extractor})" if extractor else head(block, column)


def _axes(block: Block, column: Column) -> tuple[Chart, Chart]:
    """Return the axis of the generators, and the one of all rows."""
    rivals = [row for row in block.rows if not row.control]
    without, with_controls = (
        axis_of(axis_title(block, column), known_entries(column, rows), has_names=True).encoding
        for rows in (rivals, block.rows)
    )
    return without, with_controls


def _chart(x: Chart, y: Chart) -> Chart:
    """Return the chart with its first axes and without points and names."""
    layers = plot_layers(x, y, [])
    chart = framed({"width": PLOT_WIDTH, "height": HEIGHT, "layer": layers}, "")
    return {name: value for name, value in chart.items() if name not in ("$schema", "title")}


def _point(row: Row, columns: Sequence[Column], texts: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return a row as a point, and its numbers in each column, with their texts by generator."""
    numbers = [
        numbers_of(entries[0], own[row.generator]) if (entries := known_entries(column, [row])) else None
        for column, own in zip(columns, texts, strict=True)
    ]
    return {"point": point_of(row), "control": row.control is not None, "numbers": numbers}
