"""The plot of any two metrics of a dataset, which a reader chooses on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.formatting import cell_text, head, label
from genbench.charts.theme import Chart, colour_of, framed, told
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.page.markup import script_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row

__all__ = ["PairPlot", "pair_plot"]

_DIGITS = 6  # of a number
_LEAST = 2  # metrics
_SIDES = (420, 300)  # pixels


@dataclass(frozen=True)
class PairPlot:
    """The names of the metrics, the two that are shown first, and the chart as JSON.

    The signals `x` and `y` of the chart are the numbers of two metrics, and `controls` says whether it shows
    the controls.
    """

    names: tuple[str, ...]
    first: tuple[int, int]
    chart: Markup


def pair_plot(board: Board, dataset: str) -> PairPlot | None:
    """Return the plot of the largest group of rows of a dataset that can be compared, or None without one."""
    block = max(board.blocks(dataset), key=lambda block: len(block.rows))
    columns = [
        column
        for column in sorted(block.columns, key=lambda column: parse_id(column.metric)[::-1])
        if any(entry.value is not None for row in block.rows if (entry := column.entry(row)))
    ]
    if len(columns) < _LEAST:
        return None
    ranked = [number for number, column in enumerate(columns) if column in block.ranked]
    first = (ranked[0], ranked[1]) if len(ranked) >= _LEAST else (0, 1)
    names = tuple(one_line(_name(block, column)) for column in columns)
    return PairPlot(names, first, script_json(_chart(block, columns, first)))


def _name(block: Block, column: Column) -> str:
    extractor = parse_id(column.metric)[1]
    return f"{head(block, column)} ({extractor})" if extractor else head(block, column)


def _chart(block: Block, columns: Sequence[Column], first: tuple[int, int]) -> Chart:
    points = [_point(row, [column.entry(row) for column in columns]) for row in block.rows]
    names = ("value", "low", "high", "text")
    shown = [
        {"filter": "controls || !datum.control"},
        *({"calculate": f"datum.{name}s[{axis}]", "as": f"{axis} {name}"} for axis in "xy" for name in names),
        {"filter": "isValid(datum['x value']) && isValid(datum['y value'])"},
    ]
    chart = framed(
        {
            "params": [
                *({"name": axis, "value": number} for axis, number in zip("xy", first, strict=True)),
                {"name": "controls", "value": False},
            ],
            "data": {"values": points},
            "transform": shown,
            "width": _SIDES[0],
            "height": _SIDES[1],
            "layer": _layers(),
        },
        "",
    )
    return {name: value for name, value in chart.items() if name not in ("$schema", "title")}


def _layers() -> list[Chart]:
    scale = {"zero": False, "nice": True}
    x, y = (
        {"type": "quantitative", "title": None, "scale": scale, "field": f"{axis} value"} for axis in "xy"
    )
    colour = {"field": "colour", "type": "nominal", "scale": None}
    rule = {"type": "rule", "opacity": 0.6}
    return [
        {
            "mark": rule,
            "encoding": {"x": x | {"field": "x low"}, "x2": {"field": "x high"}, "y": y, "color": colour},
        },
        {
            "mark": rule,
            "encoding": {"y": y | {"field": "y low"}, "y2": {"field": "y high"}, "x": x, "color": colour},
        },
        {
            "mark": {"type": "point", "size": 55, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "stroke": colour,
                "fill": colour | {"field": "fill"},
                "tooltip": told("generator", "x text", "y text"),
            },
        },
        {
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 6, "dy": -3},
            "encoding": {"x": x, "y": y, "text": {"field": "generator", "type": "nominal"}},
        },
    ]


def _point(row: Row, entries: Sequence[Entry | None]) -> dict[str, Any]:
    colour = colour_of(row.control)
    return {
        "generator": one_line(label(row)),
        "control": row.control is not None,
        "colour": colour,
        "fill": "#ffffff" if row.control else colour,
        "values": [None if entry is None else _rounded(entry.value) for entry in entries],
        "lows": [None if entry is None else _rounded(entry.value if entry.low is None else entry.low)
                 for entry in entries],
        "highs": [None if entry is None else _rounded(entry.value if entry.high is None else entry.high)
                  for entry in entries],
        "texts": [cell_text(entry) for entry in entries],
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
