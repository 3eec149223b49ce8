"""Two numbers of each generator against each other: quality and diversity, or cost and quality."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.formatting import cell_text, head, label, number
from genbench.charts.axes import axis_ends, is_near, log_ticks
from genbench.charts.columns import columns_of, features_note, sorted_by_value, with_entries
from genbench.charts.placing import Label, labels
from genbench.charts.theme import WIDTH, Chart, colour_of, panelled, told
from genbench.core.escaping import one_line
from genbench.core.names import parse_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row

__all__ = ["cost_plot", "trade_off"]

_HEIGHT, _WIDTH = 220, WIDTH - 60  # pixels of the plot, without the axes
_LOG_MARGIN = 1.25  # factor between the outer points and the ends of a logarithmic axis
_STAGES = ["fit_s", "sample_s"]


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """An axis with its title and ends, and whether it is logarithmic."""

    title: str
    low: float
    high: float
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where a value lies, from 0 at the low end to 1 at the high end."""
        low, high, own = (math.log(v) if self.is_log else v for v in (self.low, self.high, value))
        return (own - low) / (high - low)

    @property
    def encoding(self) -> Chart:
        """The channel of Vega-Lite without its field."""
        scale = {"domain": [self.low, self.high], "nice": False, "type": "log" if self.is_log else "linear"}
        ticks = {"values": log_ticks(self.low, self.high), "format": "~r"} if self.is_log else {}
        return {"type": "quantitative", "scale": scale, "title": self.title, "axis": ticks}


def trade_off(board: Board, dataset: str, x: str, y: str) -> Chart | None:
    """Return the plot of two metrics against each other, such as precision and recall.

    A point is the mean of a generator, its lines are the intervals over seeds; controls are hollow. A control
    far away from the generators is named in a note. Returns None if no generator has both. Raises SuiteError
    if the board has no such dataset or metric.
    """
    places = [
        (block, across, upward)
        for block, across in columns_of(board, dataset, x)
        for other, upward in columns_of(board, dataset, y)
        if other.rows == block.rows
    ]
    found = [pair for place in places if (pair := _trade_off(*place)) is not None]
    if not found:
        return None
    far = [text for _, texts in found for text in texts]
    unnamed = [name for panel, _ in found for name in _unnamed(panel)]
    notes = features_note(x, y)
    notes += [f"beyond the axes: {'; '.join(far)}"] if far else []
    notes += [f"without a name: {', '.join(unnamed)}"] if unnamed else []
    title = one_line(f"{parse_id(x)[0]} and {parse_id(y)[0]} on {dataset}")
    return panelled([panel for panel, _ in found], title, *notes)


def cost_plot(board: Board, timings: pd.DataFrame, dataset: str, metric: str) -> Chart | None:
    """Return the plot of a metric against the seconds in which a generator is trained and draws its samples.

    timings  the table of timings.csv, of which the means over seeds are shown

    Controls, which cost nothing, are left out. Returns None if no generator has a value and a cost. Raises
    SuiteError if the board has no such dataset or metric.
    """
    own = timings[timings["dataset"] == dataset]
    means = own[_STAGES].sum(axis=1).groupby(own["generator"]).mean()
    seconds = dict(zip(means.index.tolist(), means.tolist(), strict=True))
    panels = [
        panel
        for block, column in columns_of(board, dataset, metric)
        if (panel := _cost(block, column, seconds)) is not None
    ]
    if not panels:
        return None
    title = one_line(f"{parse_id(metric)[0]} and cost on {dataset}")
    return panelled(panels, title, *features_note(metric))


def _trade_off(block: Block, across: Column, upward: Column) -> tuple[Chart, list[str]] | None:
    """Return the panel of two columns of a block, and the controls that it leaves out.

    Returns None if no generator has both.
    """
    others = {row.generator: entry for row, entry in with_entries(block, upward) if entry.value is not None}
    both = [
        (row, entry, others[row.generator])
        for row, entry in sorted_by_value(with_entries(block, across))
        if entry.value is not None and row.generator in others
    ]
    rivals = [found for found in both if not found[0].control]
    if not rivals:
        return None
    sides = [[found[1] for found in rivals], [found[2] for found in rivals]]
    controls = [found for found in both if found[0].control]
    near = [found for found in controls if all(map(is_near, found[1:], sides))]
    far = [one_line(f"{row.generator} at {cell_text(one)} and {cell_text(two)}")
           for row, one, two in controls if (row, one, two) not in near]  # fmt: skip
    shown = [*rivals, *near]
    x = _axis(block, across, [found[1] for found in shown])
    y = _axis(block, upward, [found[2] for found in shown])
    points = [_point(row) | _numbers("x", entry) | _numbers("y", other) for row, entry, other in shown]
    return _panel(points, x, y), far


def _cost(block: Block, column: Column, seconds: Mapping[str, float]) -> Chart | None:
    """Return the panel of a column against seconds, or None without a generator that has both."""
    rows = [
        (row, entry)
        for row, entry in sorted_by_value(with_entries(block, column))
        if entry.value is not None and seconds.get(row.generator, 0) > 0 and not row.control
    ]
    if not rows:
        return None
    spent = [seconds[row.generator] for row, _ in rows]
    x = _Axis(title="seconds of training and drawing (logarithmic)", low=min(spent) / _LOG_MARGIN,
              high=max(spent) * _LOG_MARGIN, is_log=True)  # fmt: skip
    points = [
        _point(row) | {"x": cost, "x text": f"{number(cost, 3)} s"} | _numbers("y", entry)
        for (row, entry), cost in zip(rows, spent, strict=True)
    ]
    return _panel(points, x, _axis(block, column, [entry for _, entry in rows]))


def _axis(block: Block, column: Column, entries: Sequence[Entry]) -> _Axis:
    low, high = axis_ends(entries)
    return _Axis(title=one_line(head(block, column)), low=low, high=high)


def _point(row: Row) -> dict[str, Any]:
    colour = colour_of(row.control)
    fill = "#ffffff" if row.control else colour
    return {"generator": one_line(label(row)), "colour": colour, "fill": fill}


def _numbers(axis: str, entry: Entry) -> dict[str, Any]:
    """Return the numbers of an entry for an axis, "x" or "y": its value, its interval, and both as text."""
    ends = {} if entry.low is None else {f"{axis} low": entry.low, f"{axis} high": entry.high}
    return {axis: entry.value, f"{axis} text": one_line(cell_text(entry)), **ends}


def _panel(points: Sequence[dict[str, Any]], x: _Axis, y: _Axis) -> Chart:
    """Return a plot of points with their intervals and names."""
    own = {"type": "nominal", "scale": None}
    across, upward = x.encoding | {"field": "x"}, y.encoding | {"field": "y"}
    colour = own | {"field": "colour"}
    layers = [
        {
            "mark": {"type": "rule", "opacity": 0.6, "clip": True},
            "encoding": {
                axis: kind | {"field": f"{axis} low"},
                f"{axis}2": {"field": f"{axis} high"},
                other: place,
            }
            | {"color": colour},
            "transform": [{"filter": f"isValid(datum['{axis} low'])"}],
        }
        for axis, other, kind, place in (("x", "y", across, upward), ("y", "x", upward, across))
        if any(f"{axis} low" in point for point in points)
    ]
    layers.append(
        {
            "mark": {"type": "point", "filled": False, "opacity": 1, "size": 40},
            "encoding": {
                "x": across,
                "y": upward,
                "stroke": colour,
                "fill": own | {"field": "fill"},
                "tooltip": told("generator", "x text", "y text"),
            },
        }
    )
    names = [_name_layer(group) for group in _names(points, x, y)]
    return {"data": {"values": list(points)}, "width": _WIDTH, "height": _HEIGHT, "layer": [*layers, *names]}


def _unnamed(panel: Chart) -> list[str]:
    """Return the generators of a panel for whose names there is no room."""
    named = {row["name"] for layer in panel["layer"] for row in layer.get("data", {}).get("values", ())}
    return [row["generator"] for row in panel["data"]["values"] if row["generator"] not in named]


def _names(points: Sequence[dict[str, Any]], x: _Axis, y: _Axis) -> list[list[Label]]:
    """Return the names of points and their places, those of one alignment in one list."""
    places = [
        (x.share(point["x"]) * _WIDTH, (1 - y.share(point["y"])) * _HEIGHT, point["generator"])
        for point in points
    ]
    found = labels(places, _WIDTH, _HEIGHT)
    groups = [[label for label in found if label.align == align] for align in ("left", "right", "center")]
    return [group for group in groups if group]


def _name_layer(group: Sequence[Label]) -> Chart:
    pixels = {"type": "quantitative", "scale": None, "axis": None}
    return {
        "data": {"values": [{"name": label.text, "left": label.x, "top": label.y} for label in group]},
        "mark": {"type": "text", "align": group[0].align, "baseline": "middle"},
        "encoding": {
            "x": pixels | {"field": "left"},
            "y": pixels | {"field": "top"},
            "text": {"field": "name"},
        },
    }
