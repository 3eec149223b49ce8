"""Two numbers of each generator against each other: quality and diversity, or cost and quality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.numbers import format_number
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.charts import columns, theme
from genbench.report.charts.axes import fit_axis, is_near, log_axis
from genbench.report.charts.placing import Label, compute_asides, place_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from genbench.board.rows import Entry
    from genbench.board.view import Head, Line, Table, View
    from genbench.report.charts.axes import Axis
    from genbench.report.charts.placing import Span
    from genbench.report.charts.theme import Chart

__all__ = [
    "BESIDE", "HEIGHT", "PLOT_WIDTH", "describe_numbers", "make_point", "plot_cost", "plot_layers",
    "plot_trade_off",
]  # fmt: skip

HEIGHT, PLOT_WIDTH = 230, theme.WIDTH - 70  # pixels of the plot, without the axes
_DIGITS = 6  # of a number
_SHAPES = {False: "circle", True: "square"}  # whether it is a control, to the shape of a point
_SQUARES, _LINES = "squares: controls", "lines: 95 % intervals"
#: The note on intervals that would lie on one line, so that the plot draws them beside their points.
BESIDE = "intervals that would meet are beside their points"

_LEAD = ("lead x", "lead y", "end x", "end y")  # fields: the two ends of the line from a name to its point
_STAGES = ["fit_s", "sample_s"]  # columns of timings.csv, whose sum is the cost of a generator
_CAP = {"type": "tick", "thickness": 1, "size": 7, "opacity": 0.8}  # the end of an interval
_CAPS = {"x": "vertical", "y": "horizontal"}  # the axis of an interval to the direction of its caps


def plot_trade_off(view: View, dataset: str, x: str, y: str) -> Chart | None:
    """Return the plot of two metrics against each other, such as precision and recall.

    A point is the mean of a generator, its lines are the intervals over seeds. Controls are squares; one far
    away from the generators is named in a note. Returns None if no generator has both. Raises SuiteError
    if the board has no such dataset or metric.
    """
    # numbers of two tables cannot be compared, so both columns are of one table
    column_pairs = [
        (table, across, upward)
        for table, across in columns.find_columns(view, dataset, x)
        for other_table, upward in columns.find_columns(view, dataset, y)
        if other_table is table
    ]
    panels = [plot for pair in column_pairs if (plot := _trade_off_panel(*pair)) is not None]
    if not panels:
        return None
    left_out = [text for _, texts in panels for text in texts]
    unnamed = [name for panel, _ in panels for name in _list_unnamed(panel)]
    points = [point for panel, _ in panels for point in panel["data"]["values"]]
    notes = [*columns.features_note(x, y), *_key_lines(points)]
    # up to one note, which names the generators that the plot cannot show
    notes += columns.without_note(view, dataset, [point["generator"] for point in points], "a value of both")
    notes += [f"beyond the axes: {'; '.join(left_out)}"] if left_out else []
    notes += _list_interval_notes(points)
    notes += [f"without a name: {', '.join(unnamed)}"] if unnamed else []
    title = one_line(f"{parse_id(x)[0]} and {parse_id(y)[0]}")
    return theme.stack([panel for panel, _ in panels], title, *notes)


def plot_cost(view: View, timings: pd.DataFrame, dataset: str, metric: str) -> Chart | None:
    """Return the plot of a metric against the seconds in which a generator is trained and draws its samples.

    timings  the table of timings.csv, of which the means over seeds are shown

    Controls, which cost nothing, are left out. Returns None if no generator has a value and a cost. Raises
    SuiteError if the board has no such dataset or metric.
    """
    times = timings[timings["dataset"] == dataset]
    means = times[_STAGES].sum(axis=1).groupby(times["generator"]).mean()
    seconds = dict(zip(means.index.tolist(), means.tolist(), strict=True))
    panels = [
        panel
        for table, head in columns.find_columns(view, dataset, metric)
        if (panel := _cost_panel(table, head, seconds)) is not None
    ]
    if not panels:
        return None
    points = [point for panel in panels for point in panel["data"]["values"]]
    names = [point["generator"] for point in points]
    notes = [*columns.features_note(metric), *_key_lines(points)]
    # up to one note, which names the competitors that lack a value or a time
    notes += columns.without_note(view, dataset, names, "a value or a time")
    notes += _list_interval_notes(points)
    return theme.stack(panels, one_line(f"{parse_id(metric)[0]} and cost"), *notes)


def _trade_off_panel(table: Table, across: Head, upward: Head) -> tuple[Chart, list[str]] | None:
    """Return (panel, texts): the plot of two columns of a table, and the controls too far away to show.

    across, upward  the columns of the two axes

    Returns None if no generator that competes has a value in both.
    """
    both = [  # the best row first, each with its `entry` for the x axis and its `other` for the y axis
        (line, entry, other)
        for line, entry in columns.sort_by_value(table.column(across))
        if entry.value is not None and (other := line.entry(upward)) and other.value is not None
    ]
    competitors = [row for row in both if not row[0].row.control]
    if not competitors:
        return None
    # a control is shown if its numbers are near to those of competitors on both axes
    x_entries, y_entries = [row[1] for row in competitors], [row[2] for row in competitors]
    controls = [row for row in both if row[0].row.control]
    near = [row for row in controls if is_near(row[1], x_entries) and is_near(row[2], y_entries)]
    left_out = [
        one_line(f"{line.row.generator} at {line.cells[across.id].whole} and {line.cells[upward.id].whole}")
        for line, entry, other in controls
        if not (is_near(entry, x_entries) and is_near(other, y_entries))
    ]
    # a later point covers an earlier one: competitors come after controls, and the best one is the last
    shown = [*competitors, *near][::-1]
    x = fit_axis(columns.axis_title(across), [entry for _, entry, _ in shown], has_names=True)
    y = fit_axis(columns.axis_title(upward), [other for _, _, other in shown], has_names=True)
    points = [
        make_point(line)
        | _point_fields("x", entry, line.cells[across.id].whole, x)
        | _point_fields("y", other, line.cells[upward.id].whole, y)
        for line, entry, other in shown
    ]
    return _point_panel(points, x, y), left_out


def _cost_panel(table: Table, head: Head, seconds: Mapping[str, float]) -> Chart | None:
    """Return the panel of a column against seconds, or None without a competing generator that has both.

    seconds  of training and drawing samples, the mean over seeds, by generator
    """
    rows = [  # a logarithmic axis requires seconds above 0; a generator without a time counts as 0
        (line, entry)
        for line, entry in columns.sort_by_value(table.column(head))
        if entry.value is not None and seconds.get(line.row.generator, 0) > 0 and not line.row.control
    ]
    if not rows:
        return None
    spent = [seconds[line.row.generator] for line, _ in rows]
    x = log_axis("seconds of training and drawing", spent)
    y = fit_axis(columns.axis_title(head), [entry for _, entry in rows], has_names=True)
    points = [
        make_point(line)
        | {"x": cost, "x text": f"{format_number(cost, 3)} s"}
        | _point_fields("y", entry, line.cells[head.id].whole, y)
        for (line, entry), cost in zip(rows, spent, strict=True)
    ]
    return _point_panel(points[::-1], x, y)  # the best one last, on top of the others


def make_point(line: Line) -> dict[str, Any]:
    """Return the fields of a point that do not depend on a metric: its names, its colour and its shape.

    "generator" is the full name, for the tooltip, and "name" the short one, for the plot. The shape is a
    square for a control and a circle for a competitor, whose `control` is None. A competitor that a reason
    excludes from the ranks is an open cross, its field "unranked" is true, and its name says it.
    """
    control, name = line.row.control, theme.shorten_name(line.name)
    look: dict[str, Any] = {"colour": theme.choose_colour(control), "shape": _SHAPES[control is not None]}
    if line.row.unranked:
        look |= {"shape": theme.UNRANKED_SHAPE, "unranked": True}
        name = f"{name} ({theme.UNRANKED})"
    return {"generator": line.name, "name": name} | look


def describe_numbers(entry: Entry, text: str) -> dict[str, Any]:
    """Return the numbers of an entry as fields of a point; the caller adds "x" or "y" before each key.

    The keys are "" for the value, " low" and " high" for the ends of its interval, if it has one, and
    " text". A key " own" is added if the interval is the metric's own, not over seeds.

    text  the value with its interval, as a tooltip shows it
    """
    low, high = entry.display_interval
    numbers = {"": entry.value, " low": low, " high": high}
    short = {key: float(f"{number:.{_DIGITS}g}") for key, number in numbers.items() if number is not None}
    return short | {" text": text} | ({" own": True} if entry.has_own_interval else {})


def _point_fields(name: str, entry: Entry, text: str, axis: Axis) -> dict[str, Any]:
    """Return the fields of a point on one axis, such as "x", "x low", "x high" and "x text".

    "x low cut" is true if the low end of the interval lies beyond the axis.

    name  "x" or "y"
    text  the value with its interval, for the tooltip
    """
    cut = {f"{name} {end} cut": True for end in axis.cut_ends(entry)}
    numbers = describe_numbers(entry, text)  # with keys such as "" and " low"
    return {f"{name}{key}": number for key, number in numbers.items()} | cut


def _key_lines(points: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return up to two notes: what squares and lines mean, and that intervals lie beside their points."""
    squares = _SQUARES if any(point["shape"] == _SHAPES[True] for point in points) else ""
    lines = _LINES if _list_generators(points, {"x low", "y low"}) else ""
    beside = BESIDE if _list_generators(points, {"x aside", "y aside"}) else ""
    return list(filter(None, ["; ".join(filter(None, [squares, lines])), beside]))


def _list_interval_notes(points: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return notes with the generators whose intervals are cut at an axis, or come from the metric itself.

    The points have fields for this: "x low cut" says that the low end on the x axis lies beyond the axis.
    """
    cut = _list_generators(points, {"x low cut", "x high cut", "y low cut", "y high cut"})
    own = _list_generators(points, {"x own", "y own"})
    return [*columns.names_note(columns.CUT, cut), *columns.names_note(columns.OWN, own)]


def _list_generators(points: Sequence[Mapping[str, Any]], fields: set[str]) -> list[str]:
    """Return the generators of the points that have at least one of some fields."""
    return [point["generator"] for point in points if not fields.isdisjoint(point)]


def plot_layers(x: Chart, y: Chart, names: Sequence[dict[str, Any]]) -> list[Chart]:
    """Return the layers of a plot: intervals, points and names.

    x, y   the encodings of the axes
    names  each with its `name`, and with `left`, `top` and `align` as in a Label; one that is far from its
           point has the ends of the line between the two, as `lead x`, `lead y`, `end x` and `end y`

    The caller adds the data: for each point, the fields of `make_point` and, for each axis, these:

    "x", "x low", "x high", "x text"  as `describe_numbers` returns them
    "x low cut", "x high cut"  true where this end lies beyond the axis: it has an arrow in place of a cap
    "x aside"  the pixels from the point to its interval, where that is drawn beside the point; a line joins
               the two
    """
    unscaled = {"type": "nominal", "scale": None}
    across, upward = x | {"field": "x"}, y | {"field": "y"}
    colour = unscaled | {"field": "colour"}
    intervals = [
        layer | {"encoding": layer["encoding"] | {"color": colour}}
        for sides in (("x", across, "y", upward), ("y", upward, "x", across))
        for layer in _interval_layers(*sides)
    ]
    is_open = {"test": "datum.unranked"}  # an outline: its colour and that of the paper change places
    point = {
        "mark": {"type": "point", "opacity": 1, "size": 60},
        "encoding": {"x": across, "y": upward, "shape": unscaled | {"field": "shape"},
                     "fill": colour | {"condition": is_open | {"value": theme.PAPER}},
                     "stroke": {"condition": is_open | colour, "value": theme.PAPER},
                     "strokeWidth": {"condition": is_open | {"value": 1.5}, "value": 1},
                     "tooltip": [*theme.tooltip("generator"), *_number_tooltip(x, y)]},
    }  # fmt: skip
    return [*intervals, point, *_name_layers(names)]


def _interval_layers(axis: str, channel: Chart, other: str, other_channel: Chart) -> list[Chart]:
    """Return the layers of the intervals on an axis, without colours.

    They are the intervals' lines, short lines from points to intervals that are drawn beside them, and an
    arrow or a cap at each end.

    axis, channel         "x" or "y", and its channel in Vega-Lite
    other, other_channel  the same of the other axis, on which an interval has the position of its point
    """
    # the pixels from a point to its interval, where that is drawn beside the point
    aside = {"expr": f"datum['{axis} aside'] || 0"}
    line = {"type": "rule", "opacity": 0.8}
    low, high = f"{axis} low", f"{axis} high"
    lines = {
        "mark": line | {f"{other}Offset": aside},
        "encoding": {axis: channel | {"field": low}, f"{axis}2": {"field": high}, other: other_channel},
        "transform": [{"filter": f"isValid(datum['{low}'])"}],
    }
    joints = {
        "mark": line | {f"{other}2Offset": aside},
        "encoding": {axis: channel, other: other_channel, f"{other}2": {"field": other}},
        "transform": [{"filter": f"isValid(datum['{axis} aside'])"}],
    }
    ends = [
        {
            "mark": mark | {f"{other}Offset": aside},
            "encoding": {axis: channel | {"field": f"{axis} {end}"}, other: other_channel},
            "transform": [{"filter": f"isValid(datum['{axis} {end}']) && {prefix}datum['{axis} {end} cut']"}],
        }
        for end in ("low", "high")
        # an end beyond the axis, whose "cut" is true, has an arrow; "!" selects the others, which have a cap
        for prefix, mark in (("", theme.make_arrow(axis, end)), ("!", _CAP | {"orient": _CAPS[axis]}))
    ]
    return [lines, joints, *ends]


def _name_layers(names: Sequence[dict[str, Any]]) -> list[Chart]:
    """Return the layers of names: lines to points that are far away, then the texts, each over its halo.

    A halo is a border in the colour of the paper, which keeps a name readable on a line.

    names  the fields of each name, as `plot_layers` describes them
    """
    pixels = {"type": "quantitative", "scale": None, "axis": None}
    encoding = {"x": pixels | {"field": "left"}, "y": pixels | {"field": "top"}, "text": {"field": "name"}}
    text = {"type": "text", "align": {"expr": "datum.align"}, "baseline": "middle"}
    lead = {
        "data": {"values": list(names)},
        "mark": {"type": "rule", "color": theme.INK, "strokeWidth": 0.6},
        "encoding": {"x": pixels | {"field": "lead x"}, "y": pixels | {"field": "lead y"},
                     "x2": {"field": "end x"}, "y2": {"field": "end y"}},
        "transform": [{"filter": "isValid(datum['lead x'])"}],
    }  # fmt: skip
    texts = [
        {"data": {"values": list(names)}, "mark": text | halo, "encoding": encoding}
        for halo in (theme.HALO, {})
    ]
    return [lead, *texts]


def _number_tooltip(x: Chart, y: Chart) -> list[Chart]:
    """Return the part of the tooltip of a point that shows its numbers, by the titles of the axes."""
    fields = theme.tooltip("x text", "y text")
    return [field | {"title": axis["title"]} for field, axis in zip(fields, (x, y), strict=True)]


def _point_panel(points: Sequence[dict[str, Any]], x: Axis, y: Axis) -> Chart:
    """Return a plot of points with their intervals and names.

    The last points are the best ones: they are drawn on top, and their names get the best places.

    points  the fields that `plot_layers` describes, without "x aside" and "y aside", which are added here
    """
    points = _add_asides(points, x, y)
    names = [
        {"name": label.text, "left": label.x, "top": label.y, "align": label.align}
        | dict(zip(_LEAD, label.lead or (), strict=False))  # {} for a name beside its point
        for label in _place_names(points, x, y)
    ]
    layers = plot_layers(x.encoding, y.encoding, names)
    return {"data": {"values": points}, "width": PLOT_WIDTH, "height": HEIGHT, "layer": layers}


def _list_unnamed(panel: Chart) -> list[str]:
    """Return the generators of a panel whose names it leaves out."""
    named = {row["name"] for row in panel["layer"][-1]["data"]["values"]}  # the last layer has the names
    return [row["generator"] for row in panel["data"]["values"] if row["name"] not in named]


def _place_names(points: Sequence[dict[str, Any]], x: Axis, y: Axis) -> list[Label]:
    """Return the names of points with their places in the plot.

    The last points, which are the best ones, come first, since `place_labels` prefers the first names.
    """
    places = [
        (_x_pixels(point["x"], x), _y_pixels(point["y"], y), point["name"]) for point in reversed(points)
    ]
    lines = [line for point in points for line in _interval_boxes(point, x, y)]
    return place_labels(places, PLOT_WIDTH, HEIGHT, lines)


def _add_asides(points: Sequence[dict[str, Any]], x: Axis, y: Axis) -> list[dict[str, Any]]:
    """Return copies of points, with "x aside" or "y aside" where two intervals would lie on one line.

    An aside is the number of pixels from a point to its interval, which is then drawn beside the point. The
    last points are the best ones, so their intervals get the places nearest to them.
    """
    copies = [dict(point) for point in points]
    # an interval on the x axis moves up or down within the height, one on the y axis to the left or right
    for axis, room in (("x", HEIGHT), ("y", PLOT_WIDTH)):
        pixels = compute_asides([_interval_span(point, axis, x, y) for point in reversed(points)], room)
        for point, aside in zip(reversed(copies), pixels, strict=True):
            if aside:
                point[f"{axis} aside"] = aside
    return copies


def _interval_span(point: Mapping[str, Any], name: str, x: Axis, y: Axis) -> Span | None:
    """Return the interval of a point on an axis in pixels: its position on the other axis, then its ends.

    The smaller end is the first one.

    name  the axis, "x" or "y"; pixels of y are counted from the top, so its high end is the smaller one

    Returns None if there is no interval, or if its ends are equal.
    """
    if point.get(f"{name} low") == point.get(f"{name} high"):
        return None
    if name == "x":
        return (_y_pixels(point["y"], y), _x_pixels(point["x low"], x), _x_pixels(point["x high"], x))
    return _x_pixels(point["x"], x), _y_pixels(point["y high"], y), _y_pixels(point["y low"], y)


def _interval_boxes(
    point: Mapping[str, Any], x: Axis, y: Axis
) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes around the lines of a point's intervals, as (left, top, right, bottom).

    An interval that is drawn beside its point has a second line, which joins the two.
    """
    means = {"x": _x_pixels(point["x"], x), "y": _y_pixels(point["y"], y)}
    for name in ("x", "y"):
        if (span := _interval_span(point, name, x, y)) is not None:
            position, low, high = span
            beside = position + point.get(f"{name} aside", 0)
            yield _line_box(name, low, high, beside, beside)
            if beside != position:  # the line from the point to its interval
                yield _line_box(name, means[name], means[name], min(position, beside), max(position, beside))


def _line_box(
    name: str, low: float, high: float, near: float, far: float
) -> tuple[float, float, float, float]:
    """Return the box around a line, as left, top, right and bottom, one pixel larger at each side.

    low, high  its ends on the axis `name`, "x" or "y"
    near, far  its ends on the other axis
    """
    if name == "x":
        return low - 1, near - 1, high + 1, far + 1
    return near - 1, low - 1, far + 1, high + 1


def _x_pixels(value: float, axis: Axis) -> float:
    """Return the pixels from the left end of the plot to a value."""
    return axis.position(value) * PLOT_WIDTH


def _y_pixels(value: float, axis: Axis) -> float:
    """Return the pixels from the upper end of the plot to a value."""
    return (1 - axis.position(value)) * HEIGHT
