"""The dot plot of a metric: each seed's value, the mean with its interval, and the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.charts import columns, theme
from genbench.report.charts.axes import fit_axis, is_near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.view import Head, Table, View
    from genbench.report.charts.axes import Axis
    from genbench.report.charts.columns import Shown
    from genbench.report.charts.theme import Chart

__all__ = ["SEEDS_KEY", "seeds_plot"]

#: What the marks of the plot mean, of which a file has those that it shows.
SEEDS_KEY = ("diamond: mean", "line: 95 % interval", "dots: seeds", "bracket: interval of a control")

_SYMBOL_LENGTH = 22  # pixels of a line of the legend, in which each dash can be told
_SYMBOL = 20  # pixels of a symbol of the legend and of the gap after a name, beyond `names_width`
_MEAN, _SEED = -3, 5  # pixels from the middle of a row to the mean with its interval, and to the seeds below
_BRACKET = 6  # pixels from the plot to the first interval of a control above it, and from one to the next
_AT_MEAN = {"color": theme.ACCENT, "yOffset": _MEAN}
_AT_SEEDS = {"color": theme.ACCENT, "yOffset": _SEED}
_NO_INTERVAL = "no interval: that needs two seeds"
_BEST = "the best value"
_HOLLOW = "hollow: not marked as best"


def seeds_plot(view: View, dataset: str, metric: str, *, with_key: bool = False) -> Chart:
    """Return the dot plot of a metric on a dataset, with a panel for each column of the metric on the board.

    Numbers of two columns cannot be compared, since they have other signatures or seeds, for example.

    Generators are sorted, the best first; one without a value shows its status. A mark is hollow if its
    generator is not marked as best, and filled where this is not known. Dashed lines are the means of
    controls, and brackets above the plot their intervals; a note names a control that lies too far away to
    show the differences between the generators.

    with_key  whether a note says what its marks mean

    Raises SuiteError if the board has no such dataset or metric.
    """
    places_on_board = columns.find_columns(view, dataset, metric)
    notes = columns.features_note(metric)
    drawn = [_column_panel(*place) for place in places_on_board]
    if any(_has_hollow(_competitors_in(*place)) for place in places_on_board):
        notes.append(_HOLLOW)
    panels = [panel for panel, _, _ in drawn]
    left_out = [text for _, texts, _ in drawn for text in texts]
    if with_key:
        notes.append(_key_text(panels))
    pairs = [pair for table, head in places_on_board for pair in table.column(head)]
    notes += columns.names_note(columns.OWN, (line.name for line, entry in pairs if entry.has_own_interval))
    if all(entry.display_interval[0] is None for _, entry in pairs):
        notes.append(_NO_INTERVAL)
    if any(_BEST in row for panel in panels for layer in panel["layer"] for row in layer["data"]["values"]):
        notes.append(f"thick line: {_BEST}")
    if left_out:
        notes.append(f"beyond the axis: {', '.join(left_out)}")
    notes += columns.names_note(columns.CUT, (name for _, _, names in drawn for name in names))
    return theme.stack(panels, one_line(parse_id(metric)[0]), *notes)


def _column_panel(table: Table, head: Head) -> tuple[Chart, list[str], list[str]]:
    """Return (panel, texts, names) of a column of a table: its chart, and the material of two notes.

    texts  name and number of each control that the panel leaves out, since it is too far from the generators
    names  of the rows whose intervals the panel cuts, since they go on beyond the axis

    The rows of the panel are the generators that compete, or the controls if there are no others.
    """
    controls = [
        (line, entry) for line, entry in table.column(head) if line.row.control and entry.value is not None
    ]
    compared = _competitors_in(table, head) or controls
    entries = [entry for _, entry in compared]
    near = [(line, entry) for line, entry in controls if is_near(entry, entries)]
    left_out = [one_line(f"{line.row.generator} {line.cells[head.id].whole}") for line, entry in controls
           if not is_near(entry, entries)]  # fmt: skip
    axis = fit_axis(_axis_title(head), [*entries, *(entry for _, entry in near)])
    x = axis.encoding
    is_known = any(entry.is_best for entry in entries)  # else every mark is filled
    rows = [
        columns.facts(line, head) | {"runs": entry.values, "best": entry.is_best or not is_known}
        for line, entry in columns.sort_by_value(compared)
    ]
    names = [row["generator"] for row in rows]
    y = theme.generator_rows(names)
    width = theme.WIDTH - theme.names_width(names)
    layers = [
        *_control_layers(near, head, x, width),
        *_target_layers(head, axis),
        *_generator_layers(rows, x, y),
    ]
    return (
        {"width": width, "height": theme.ROW * len(names), "layer": layers},
        left_out,
        [line.name for line, entry in [*compared, *near] if axis.cut_ends(entry)],
    )


def _axis_title(head: Head) -> str:
    """Return in words which values are better, with the name of the column if it is not just the metric's.

    The title of the chart names the metric.
    """
    return head.better if head.name == parse_id(head.metric)[0] else columns.axis_title(head)


def _key_text(panels: Sequence[Chart]) -> str:
    """Return what the marks in panels mean: those of SEEDS_KEY that appear, in one line."""
    rows = [row for panel in panels for layer in panel["layer"] for row in layer["data"]["values"]]
    diamond, line, dots, bracket = SEEDS_KEY
    is_shown = {
        diamond: True,  # every panel has means
        line: any("low" in row and "control" not in row for row in rows),
        dots: any("seed value" in row for row in rows),
        bracket: any("control" in row and row.get("low") != row.get("high") for row in rows),
    }
    return "; ".join(text for text in SEEDS_KEY if is_shown[text])


def _competitors_in(table: Table, head: Head) -> list[Shown]:
    """Return the rows of a column that are no controls, with their entries."""
    return [(line, entry) for line, entry in table.column(head) if not line.row.control]


def _has_hollow(competitors: Sequence[Shown]) -> bool:
    """Return whether a mark is hollow: some generators are marked as best, and one with a value is not."""
    entries = [entry for _, entry in competitors if entry.value is not None]
    return {entry.is_best for entry in entries} == {True, False}


def _generator_layers(rows: Sequence[dict[str, Any]], x: Chart, y: Chart) -> list[Chart]:
    """Return the layers of generators: interval and mean, the seeds below, or the status without a value.

    rows  the fields that `columns.facts` returns, with the value of each seed as `runs`
    x, y  channels: `x` without its field, `y` with that of generators
    """
    means = [row for row in rows if "value" in row]
    runs = [
        {"generator": row["generator"], "seed": seed, "seed value": value}
        for row in means
        # of a mean that was read from a CSV file, the value of each seed may be unknown
        for seed, value in zip(row["seeds"].split(), row["runs"], strict=False)
    ]
    spans = [row for row in means if "low" in row]
    failed = [row for row in rows if "value" not in row]
    of_a_mean = {"y": y, "tooltip": theme.tooltip("generator", "mean", "rank", "n", "seeds", "signature")}
    interval = {"type": "rule", "strokeWidth": 1.5} | _AT_MEAN
    dot = {"type": "point", "filled": True, "size": 20, "opacity": 0.75} | _AT_SEEDS
    diamond = {
        "type": "point",
        "shape": "diamond",
        "size": 40,
        "stroke": theme.ACCENT,
        "strokeWidth": 1.2,
        "opacity": 1,
        "yOffset": _MEAN,
    }
    status = {"type": "text", "align": "left", "x": 4, "color": theme.INK}
    of_a_seed = {"y": y, "tooltip": theme.tooltip("generator", "seed", "seed value")}
    layers = [
        theme.as_layer(spans, interval, {"x": x | {"field": "low"}, "x2": {"field": "high"}, **of_a_mean}),
        *_end_layers(spans, x, of_a_mean),
        theme.as_layer(runs, dot, {"x": x | {"field": "seed value"}, **of_a_seed}),
        theme.as_layer(
            means, diamond, {"x": x | {"field": "value"}, "fill": theme.fill_if_best(), **of_a_mean}
        ),
        # the field `mean` is a text, here the status; it is drawn twice, first with its halo
        *(
            theme.as_layer(failed, status | halo, {"text": {"field": "mean"}, **of_a_mean})
            for halo in (theme.HALO, {})
        ),
    ]
    return [layer for layer in layers if layer["data"]["values"]]


def _end_layers(spans: Sequence[dict[str, Any]], x: Chart, encoding: Chart) -> list[Chart]:
    """Return the layers of the ends of intervals: ticks, and arrows where the axis cuts an interval.

    They have the colour and the height of the means.

    spans     the rows with an interval
    encoding  the channels other than `x`
    """
    low, high = x["scale"]["domain"]
    tick = {"type": "tick", "thickness": 1, "size": 9}
    layers = []
    for end in ("low", "high"):
        whole = [row for row in spans if low <= row[end] <= high]
        cut = [row for row in spans if row not in whole]
        for rows, mark in ((whole, tick), (cut, theme.arrow_at("x", end))):
            layers.append(theme.as_layer(rows, mark | _AT_MEAN, {"x": x | {"field": end}, **encoding}))
    return layers


def _control_layers(controls: Sequence[Shown], head: Head, x: Chart, width: float) -> list[Chart]:
    """Return the layers of controls: the mean and, above the plot, the interval, with names in a legend.

    width  of the plot, which is that of the legend

    Each interval has a height of its own, so that none hides an end of another one. It is drawn as a bracket,
    from above in the order of the controls.
    """
    rows = [columns.facts(line, head) | {"control": line.row.control} for line, _ in controls]
    scale = {
        "domain": [row["generator"] for row in rows],
        "range": [theme.role_colour(line.row.control) for line, _ in controls],
    }
    dashes = scale | {"range": [theme.role_dash(line.row.control) for line, _ in controls]}
    intervals = [row for row in rows if row.get("low") != row.get("high")]  # with an interval of some length
    legend = {
        "title": None,
        "orient": "top",
        "symbolType": "stroke",
        "symbolOpacity": 1,
        "symbolSize": _SYMBOL_LENGTH**2,
        "columns": _legend_columns(scale["domain"], width),
        # the brackets are between the plot and the legend
        "offset": 2 + (_BRACKET * len(intervals) + 3 if intervals else 0),
    }
    colour = {"field": "generator", "type": "nominal", "scale": scale, "legend": legend}
    dash = colour | {"scale": dashes}
    tips = {"tooltip": theme.tooltip("generator", "mean")}
    means = theme.as_layer(
        rows,
        {"type": "rule", "strokeWidth": 1.2},
        {"x": x | {"field": "value"}, "color": colour, "strokeDash": dash} | tips,
    )
    brackets = [
        layer
        for height, row in enumerate(reversed(intervals), start=1)
        for layer in _bracket_layers(row, -_BRACKET * height, x, {"color": colour} | tips)
    ]
    return [*brackets, means] if rows else []


def _bracket_layers(row: dict[str, Any], y: float, x: Chart, encoding: Chart) -> list[Chart]:
    """Return the layers of the interval of a control, at `y` pixels below the upper end of the plot.

    y  negative, since the bracket is above the plot
    """
    line = {"type": "rule", "strokeWidth": 1.5, "y": y}
    end = {"type": "tick", "orient": "vertical", "thickness": 1.5, "size": 5, "y": y}
    return [
        theme.as_layer([row], line, {"x": x | {"field": "low"}, "x2": {"field": "high"}} | encoding),
        *(theme.as_layer([row], end, {"x": x | {"field": side}} | encoding) for side in ("low", "high")),
    ]


def _target_layers(head: Head, axis: Axis) -> list[Chart]:
    """Return a list with the layer of the line at the target of a metric; [] without one on this axis."""
    target = head.facts.target
    if target is None or not axis.low <= target <= axis.high:
        return []
    x = axis.encoding | {"field": _BEST}
    mark = {"type": "rule", "color": theme.INK, "strokeWidth": 2}
    return [theme.as_layer([{_BEST: target}], mark, {"x": x, "tooltip": theme.tooltip(_BEST)})]


def _legend_columns(names: Sequence[str], width: float) -> int:
    """Return the number of columns, 1 to 3, in which a legend of `width` pixels holds its names."""
    for count in (3, 2):
        # a legend is filled row by row, so a column has every count-th name
        widest = [theme.names_width(names[first::count]) for first in range(min(count, len(names)))]
        if sum(widest) + _SYMBOL * len(widest) <= width:
            return count
    return 1
