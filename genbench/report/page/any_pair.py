"""The plot of any two metrics of a dataset, which a reader chooses on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core.escaping import one_line
from genbench.report.charts import scatter
from genbench.report.charts.axes import fit_axis
from genbench.report.charts.columns import axis_title
from genbench.report.charts.kinds import pair_first, pair_heads, select_known_entries
from genbench.report.charts.placing import rules
from genbench.report.charts.theme import GREY, SIZE, Chart, frame
from genbench.report.page.markup import script_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from genbench.board.view import Head, Line, Table, View

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


def pair_plot(view: View, dataset: str) -> PairPlot | None:
    """Return the plot of the largest group of rows of a dataset that can be compared, or None without one.

    It shows first the first two ranked metrics of those that most generators have.
    """
    table = max(view.on(dataset), key=lambda table: len(table.rows))
    heads = pair_heads(table)
    if len(heads) < _LEAST:
        return None
    first = pair_first(table, heads)
    axes = [_axes(table, head) for head in heads]
    content = {
        "chart": _chart(*(axes[number][0] for number in first)),
        "rows": [_point(line, heads) for line in table.rows],
        "axes": axes,
        "note": {"color": GREY, "fontSize": SIZE},
        "beside": scatter.BESIDE,
        "rules": rules(),
        "scale": SCALE,
    }
    names = (f"{head.text} ({head.extractor})" if head.extractor else head.text for head in heads)
    return PairPlot(tuple(map(one_line, names)), first, script_json(content))


def _axes(table: Table, head: Head) -> tuple[Chart, Chart]:
    """Return the axis of the generators, and the one of all rows."""
    rivals = [line for line in table.rows if not line.row.control]
    without, with_controls = (
        fit_axis(axis_title(head), select_known_entries(head, rows), has_names=True).encoding
        for rows in (rivals, table.rows)
    )
    return without, with_controls


def _chart(x: Chart, y: Chart) -> Chart:
    """Return the chart with its first axes and without points and names."""
    layers = scatter.plot_layers(x, y, [])
    chart = frame({"width": scatter.PLOT_WIDTH, "height": scatter.HEIGHT, "layer": layers}, "")
    return {name: value for name, value in chart.items() if name not in ("$schema", "title")}


def _point(line: Line, heads: Sequence[Head]) -> dict[str, Any]:
    """Return a row as a point, and its numbers in each column, with their texts."""
    numbers = [
        scatter.describe_numbers(entries[0], line.cells[head.id].whole)
        if (entries := select_known_entries(head, [line]))
        else None
        for head in heads
    ]
    return {"point": scatter.as_point(line), "control": line.row.control is not None, "numbers": numbers}
