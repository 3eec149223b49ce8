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

#: What the marks of the plot mean; a chart explains only those that it has.
SEEDS_KEY = ("diamond: mean", "line: 95 % interval", "dots: seeds", "bracket: interval of a control")

_SYMBOL_LENGTH = 22  # pixels of a line of the legend, in which each dash can be told
_SYMBOL = 20  # pixels of a symbol of the legend and of the gap after a name, beyond `measure_names`
_MEAN, _SEED = -3, 5  # pixels from the middle of a row to the mean with its interval, and to the seeds below
_BELOW_NAME = 12  # pixels from the middle of a row to the line below its name, and that a row is higher then
_BRACKET = 6  # pixels from the plot to the first interval of a control above it, and from one to the next
#: Properties of the marks of a generator: those of its mean are above those of its seeds.
_AT_MEAN = {"color": theme.ACCENT, "yOffset": _MEAN}
_AT_SEEDS = {"color": theme.ACCENT, "yOffset": _SEED}
#: The mark of a mean, and its channels of shape and fill: it is another one if the generator is not ranked.
_DIAMOND = {
    "type": "point", "shape": "diamond", "size": 40, "stroke": theme.ACCENT, "strokeWidth": 1.2, "opacity": 1,
    "yOffset": _MEAN,
}  # fmt: skip
_IS_UNRANKED = {"test": "datum.unranked", "value": theme.UNRANKED_SHAPE}
_LOOK = {"shape": {"condition": _IS_UNRANKED, "value": "diamond"}, "fill": theme.make_best_fill()}
_BEST = "the best value"


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
    drawn = [_make_panel(*place) for place in places_on_board]  # (panel, far_controls, cut_names) of each
    if any(_has_hollow(_select_competitors(*place)) for place in places_on_board):
        notes.append("hollow: not marked as best")
    panels = [panel for panel, _, _ in drawn]
    all_far_controls = [text for _, far_controls, _ in drawn for text in far_controls]
    if with_key:
        notes.append(_explain_marks(panels))
    pairs = [pair for table, head in places_on_board for pair in table.column(head)]
    # `names_note` returns a note of a text, such as OWN or CUT, and the names that it concerns, if any
    notes += columns.names_note(columns.OWN, (line.name for line, entry in pairs if entry.has_own_interval))
    if all(entry.display_interval[0] is None for _, entry in pairs):
        notes.append("no interval: that needs two seeds")
    # the layer of `_make_target_layer` has a row with this field
    if any(_BEST in row for row in _list_drawn_rows(panels)):
        notes.append(f"thick line: {_BEST}")
    if all_far_controls:
        notes.append(f"beyond the axis: {', '.join(all_far_controls)}")
    notes += columns.names_note(columns.CUT, (name for _, _, cut_names in drawn for name in cut_names))
    return theme.stack(panels, one_line(parse_id(metric)[0]), *notes)


def _make_panel(table: Table, head: Head) -> tuple[Chart, list[str], list[str]]:
    """Return (panel, far_controls, cut_names) of a column of a table: its chart, and texts for two notes.

    far_controls  name and number of each control that the panel leaves out: it is too far from the generators
    cut_names     names of the rows whose intervals the panel cuts, since they go on beyond the axis

    The rows of the panel are the generators that compete, or the controls if there are no others.
    """
    controls = [
        (line, entry) for line, entry in table.column(head) if line.row.control and entry.value is not None
    ]
    compared = _select_competitors(table, head) or controls
    entries = [entry for _, entry in compared]
    near = [(line, entry) for line, entry in controls if is_near(entry, entries)]
    far_controls = [one_line(f"{line.row.generator} {line.cells[head.id].whole}") for line, entry in controls
           if not is_near(entry, entries)]  # fmt: skip
    axis = fit_axis(_write_axis_title(head), [*entries, *(entry for _, entry in near)])
    x = axis.encoding
    is_known = any(entry.is_best for entry in entries)  # else it is not known which are best: all are filled
    rows = [
        columns.describe_point(line, head)
        | {"runs": entry.values, "best": not line.row.unranked and (entry.is_best or not is_known)}
        | ({"unranked": True} if line.row.unranked else {})
        for line, entry in columns.sort_by_value(compared)
    ]
    unranked = [row for row in rows if "unranked" in row]
    names = [row["generator"] for row in rows]
    room = theme.measure_names([*names, *(theme.UNRANKED for _ in unranked)])
    y = theme.make_generator_rows(names, room)
    width = theme.WIDTH - room
    height = (theme.ROW + (_BELOW_NAME if unranked else 0)) * len(names)
    layers = [
        *_make_control_layers(near, head, x, width),
        *_make_target_layer(head, axis),
        *_make_generator_layers(rows, x, y),
        *_make_unranked_layers(unranked, y),
    ]
    return (
        {"width": width, "height": height, "layer": layers},
        far_controls,
        [line.name for line, entry in [*compared, *near] if axis.cut_ends(entry)],
    )


def _write_axis_title(head: Head) -> str:
    """Return in words which values are better, after the name of the column if it differs from the metric's.

    A column's name may add the extractor, as "fid (pixels)" does. The chart's title is the metric's name.
    """
    return head.better if head.name == parse_id(head.metric)[0] else columns.axis_title(head)


def _explain_marks(panels: Sequence[Chart]) -> str:
    """Return what the marks in panels mean: the texts of SEEDS_KEY for those that appear, in one line.

    The fields of a row tell what it is: an interval has "low" and "high", a control has "control".
    """
    rows = _list_drawn_rows(panels)
    diamond, line, dots, bracket = SEEDS_KEY
    is_shown = {
        diamond: True,  # every panel has means
        line: any("low" in row and "control" not in row for row in rows),
        dots: any("seed value" in row for row in rows),
        # an interval without a length is drawn without a bracket
        bracket: any("control" in row and row.get("low") != row.get("high") for row in rows),
    }
    return "; ".join(text for text in SEEDS_KEY if is_shown[text])


def _list_drawn_rows(panels: Sequence[Chart]) -> list[dict[str, Any]]:
    """Return the rows of data that the layers of panels draw."""
    return [row for panel in panels for layer in panel["layer"] for row in layer["data"]["values"]]


def _select_competitors(table: Table, head: Head) -> list[Shown]:
    """Return the rows of a column that are no controls, with their entries."""
    return [(line, entry) for line, entry in table.column(head) if not line.row.control]


def _has_hollow(competitors: Sequence[Shown]) -> bool:
    """Return whether a mark is hollow: some generators are marked as best, and one with a value is not.

    A generator that a reason excludes from the ranks has a mark of its own.
    """
    entries = [entry for line, entry in competitors if entry.value is not None and not line.row.unranked]
    return {entry.is_best for entry in entries} == {True, False}


def _make_generator_layers(rows: Sequence[dict[str, Any]], x: Chart, y: Chart) -> list[Chart]:
    """Return the layers of generators: interval and mean, the seeds below, or the status without a value.

    rows  the fields that `columns.describe_point` returns, with the value of each seed as `runs`
    x, y  channels: `x` without its field, `y` with the field of generators
    """
    means = [row for row in rows if "value" in row]
    seed_rows = [
        {"generator": row["generator"], "seed": seed, "seed value": value}
        for row in means
        # strict=False: a mean from a CSV file may have seeds without their values
        for seed, value in zip(row["seeds"].split(), row["runs"], strict=False)
    ]
    spans = [row for row in means if "low" in row]
    without_value = [row for row in rows if "value" not in row]
    # channels of the marks of a mean; `of_a_seed` below has the channels of a seed's mark
    of_a_mean = {"y": y, "tooltip": theme.tooltip("generator", "mean", "rank", "n", "seeds", "signature")}
    interval = {"type": "rule", "strokeWidth": 1.5} | _AT_MEAN
    dot = {"type": "point", "filled": True, "size": 20, "opacity": 0.75} | _AT_SEEDS
    status = {"type": "text", "align": "left", "x": 4, "color": theme.INK}
    of_a_seed = {"y": y, "tooltip": theme.tooltip("generator", "seed", "seed value")}
    layers = [
        theme.make_layer(spans, interval, {"x": x | {"field": "low"}, "x2": {"field": "high"}, **of_a_mean}),
        *_make_end_layers(spans, x, of_a_mean),
        theme.make_layer(seed_rows, dot, {"x": x | {"field": "seed value"}, **of_a_seed}),
        theme.make_layer(means, _DIAMOND, {"x": x | {"field": "value"}, **_LOOK, **of_a_mean}),
        # The field `mean` is a text, here the status. It is drawn twice, first with a halo, so that it can be
        # read on other marks.
        *(
            theme.make_layer(without_value, status | halo, {"text": {"field": "mean"}, **of_a_mean})
            for halo in (theme.HALO, {})
        ),
    ]
    return [layer for layer in layers if layer["data"]["values"]]  # without empty layers


def _make_unranked_layers(rows: Sequence[dict[str, Any]], y: Chart) -> list[Chart]:
    """Return a list with the layer of the texts below the names of generators that are not ranked, or [].

    The texts are beside the plot, as the names are, which end 7 pixels left of it.
    """
    text = {"type": "text", "text": theme.UNRANKED, "align": "right", "color": theme.GREY, "x": -7}
    mark = text | {"yOffset": _BELOW_NAME, "aria": False}
    return [theme.make_layer(rows, mark, {"y": y})] if rows else []


def _make_end_layers(spans: Sequence[dict[str, Any]], x: Chart, encoding: Chart) -> list[Chart]:
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
        for rows, mark in ((whole, tick), (cut, theme.make_arrow("x", end))):
            layers.append(theme.make_layer(rows, mark | _AT_MEAN, {"x": x | {"field": end}, **encoding}))
    return layers


def _make_control_layers(controls: Sequence[Shown], head: Head, x: Chart, width: float) -> list[Chart]:
    """Return the layers of controls: the mean and, above the plot, the interval, with names in a legend.

    width  pixels of the plot, and of the legend

    Each interval has a height of its own, so that none hides an end of another one. It is drawn as a bracket,
    from above in the order of the controls.
    """
    rows = [columns.describe_point(line, head) | {"control": line.row.control} for line, _ in controls]
    scale = {
        "domain": [row["generator"] for row in rows],
        "range": [theme.choose_colour(line.row.control) for line, _ in controls],
    }
    dashes = scale | {"range": [theme.choose_dash(line.row.control) for line, _ in controls]}
    intervals = [row for row in rows if row.get("low") != row.get("high")]  # with an interval of some length
    legend = {
        "title": None,
        "orient": "top",
        "symbolType": "stroke",
        "symbolOpacity": 1,
        "symbolSize": _SYMBOL_LENGTH**2,
        "columns": _count_legend_columns(scale["domain"], width),
        # Pixels from the plot to the legend, 2 without brackets. Brackets are between them, one every
        # _BRACKET pixels, and 5 more keep the ends of the last one off the legend.
        "offset": 2 + (_BRACKET * len(intervals) + 3 if intervals else 0),
    }
    colour = {"field": "generator", "type": "nominal", "scale": scale, "legend": legend}
    dash = colour | {"scale": dashes}
    tips = {"tooltip": theme.tooltip("generator", "mean")}
    means = theme.make_layer(
        rows,
        {"type": "rule", "strokeWidth": 1.2},
        {"x": x | {"field": "value"}, "color": colour, "strokeDash": dash} | tips,
    )
    brackets = [
        layer
        for height, row in enumerate(reversed(intervals), start=1)
        for layer in _make_bracket_layers(row, -_BRACKET * height, x, {"color": colour} | tips)
    ]
    return [*brackets, means] if rows else []


def _make_bracket_layers(row: dict[str, Any], y: float, x: Chart, encoding: Chart) -> list[Chart]:
    """Return the layers of the interval of a control, at `y` pixels below the upper end of the plot.

    y  negative, since the bracket is above the plot
    """
    line = {"type": "rule", "strokeWidth": 1.5, "y": y}
    end = {"type": "tick", "orient": "vertical", "thickness": 1.5, "size": 5, "y": y}
    return [
        theme.make_layer([row], line, {"x": x | {"field": "low"}, "x2": {"field": "high"}} | encoding),
        *(theme.make_layer([row], end, {"x": x | {"field": side}} | encoding) for side in ("low", "high")),
    ]


def _make_target_layer(head: Head, axis: Axis) -> list[Chart]:
    """Return a list with the layer of the line at the target of a metric; [] without one on this axis."""
    target = head.facts.target
    if target is None or not axis.low <= target <= axis.high:
        return []
    x = axis.encoding | {"field": _BEST}
    mark = {"type": "rule", "color": theme.INK, "strokeWidth": 2}
    return [theme.make_layer([{_BEST: target}], mark, {"x": x, "tooltip": theme.tooltip(_BEST)})]


def _count_legend_columns(names: Sequence[str], width: float) -> int:
    """Return the number of columns, 1 to 3, in which a legend of `width` pixels holds its names."""
    for count in (3, 2):
        # a legend is filled row by row, so a column has every count-th name
        widest = [theme.measure_names(names[first::count]) for first in range(min(count, len(names)))]
        if sum(widest) + _SYMBOL * len(widest) <= width:
            return count
    return 1
