"""The pictures of a page: each as an image, and as a chart that the page's script draws in its place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from genbench.board.csv_tables import history_frame, timings_frame
from genbench.core.canonical_json import canonical
from genbench.core.escaping import one_line
from genbench.core.names import join_names
from genbench.report.charts import scatter
from genbench.report.charts.axes import fit_axis
from genbench.report.charts.columns import axis_title, sort_by_known
from genbench.report.charts.curves import curve_plot, list_logged_values
from genbench.report.charts.drawing import SPARE, draw_for_page
from genbench.report.charts.kinds import (
    choose_pair,
    find_metric_pairs,
    select_drawable_heads,
    select_known_entries,
    sort_metrics,
)
from genbench.report.charts.maps import count_marks, make_dependence_map, make_parts_map, make_win_map
from genbench.report.charts.marginals import marginals_plot
from genbench.report.charts.placing import list_placing_rules
from genbench.report.charts.ranks import ranks_plot
from genbench.report.charts.scatter import plot_cost, plot_trade_off
from genbench.report.charts.seeds import SEEDS_KEY, seeds_plot
from genbench.report.charts.theme import GREY, SIZE, Chart, frame
from genbench.report.page.markup import data_url, script_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from markupsafe import Markup

    from genbench.board.rows import Row
    from genbench.board.view import Head, Line, Table, View
    from genbench.catalog.catalog import Catalog
    from genbench.report.charts.marginals import Marginals
    from genbench.results.results import Results

__all__ = ["DatasetPictures", "PagePicture", "PairPlot", "PictureGroup", "page_pictures", "pair_plot"]

_MOST_NAMES = 6  # of pictures that are left out
_OVERALL, _PAIRS, _PARTS = "Ranks, wins and cost", "Pairs of metrics", "Parts of samples"
_MARGINALS = "Marginals, beside real samples"

#: Marks that all pictures of a page may have together. A mark takes about 400 bytes: as a part of an image,
#: and as a number of a chart.
_MOST_MARKS = 6_000
#: Pixels of a page to one of a chart, which is as wide as a column of a paper.
_SCALE = 1.2

_FEWEST_METRICS = 2  # of a plot of any two
_MARKS_PER_CELL = 0.5  # of a map: a cell has no text and no line

#: Kinds of pictures to the title of their group, in the order of the page.
_GROUPS = {
    "ranks": _OVERALL, "wins": _OVERALL, "cost": _OVERALL, "trade-off": _PAIRS, "seeds": "Each metric",
    "parts": _PARTS, "dependence": _PARTS, "marginals": _MARGINALS, "training": "Training",
}  # fmt: skip

#: Pixels of a column of pictures on a page. A wider picture has a line by itself.
_COLUMN = 420

_SIZE = re.compile(rb'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"')
_LEFT_OUT = "Left out, since this page would become too large: {names}. `genbench plot` draws them."


@dataclass(frozen=True, kw_only=True)
class PagePicture:
    """An image as a data URL, what it shows in words, its size in pixels, and the chart as JSON.

    width        of the image, with room at the right of the chart for texts in a wider font
    chart_width  of the chart without this room
    """

    kind: str
    url: str
    alt: str
    width: int
    height: int
    chart_width: int
    chart: Markup

    @property
    def is_wide(self) -> bool:
        """Whether it is wider than a column of pictures."""
        return self.chart_width > _COLUMN


@dataclass(frozen=True)
class PairPlot:
    """The plot of any two metrics: their names, the two that are shown first, and JSON for the page's script.

    The JSON has the `chart` of the first two metrics without data, the `rows` with a number or null for each
    metric, the two `axes` of each metric, without and with the controls, the look of a `note`, the note on
    intervals `beside` points, the `rules` that place names, and the `scale` of the page.
    """

    names: tuple[str, ...]
    first: tuple[int, int]
    chart: Markup


@dataclass(frozen=True, kw_only=True)
class DatasetPictures:
    """The pictures of a dataset, the plot of any two of its metrics, and notes on what is left out.

    number    of the dataset on the board
    pictures  the most important ones first
    """

    number: int
    name: str
    pictures: tuple[PagePicture, ...]
    pair: PairPlot | None
    notes: tuple[str, ...]

    @property
    def groups(self) -> list[PictureGroup]:
        """The pictures by kind, in the order of the page.

        The plot of any two metrics is among the pairs. A group with pictures of seeds has a text, its `key`,
        that explains their marks.
        """
        groups = []
        for title in dict.fromkeys(_GROUPS.values()):
            pictures = tuple(picture for picture in self.pictures if _GROUPS[picture.kind] == title)
            pair = self.pair if title == _PAIRS else None
            if pictures or pair:
                key = "; ".join(SEEDS_KEY) if any(picture.kind == "seeds" for picture in pictures) else ""
                groups.append(PictureGroup(title=title, pictures=pictures, pair=pair, key=key))
        return groups


@dataclass(frozen=True, kw_only=True)
class PictureGroup:
    """Pictures of one kind, and the plot of any two metrics, in one of the groups.

    key  what the marks of all its pictures mean, or ""
    """

    title: str
    key: str
    pictures: tuple[PagePicture, ...]
    pair: PairPlot | None


@dataclass(frozen=True)
class _Plan:
    """A picture that may be drawn: its kind, what it shows, its number of marks, and the chart."""

    kind: str
    name: str
    marks: int
    chart: Callable[[], Chart | None]


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What pictures are drawn from.

    marginals  by dataset, (the distributions of generators beside real ones, why some are missing, or "")
    """

    view: View
    results: Results
    timings: pd.DataFrame
    history: pd.DataFrame
    catalog: Catalog
    marginals: Mapping[str, tuple[Sequence[Marginals], str]]


def page_pictures(
    view: View,
    results: Results,
    catalog: Catalog,
    *,
    marginals: Mapping[str, tuple[Sequence[Marginals], str]] | None = None,
    most_marks: int = _MOST_MARKS,
) -> list[DatasetPictures]:
    """Return the pictures of each dataset of a board; a dataset without pictures and notes is left out.

    marginals   by dataset, (the distributions of generators beside real ones, why some are missing, or "")
    most_marks  shapes and texts that all pictures may have together. Each dataset has an equal share, and
                those that datasets before it have not used. A picture with more marks than are left is left
                out, and a note names it

    The first ranked metric of the suite has its pictures first. Cost is shown with the ranked metric that
    most generators have.
    """
    source = _Source(
        view=view,
        results=results,
        timings=timings_frame(results.traces),
        history=history_frame(results.traces),
        catalog=catalog,
        marginals=marginals or {},
    )
    datasets, marks_left = [], most_marks
    for number, dataset in enumerate(view.datasets):
        share = marks_left // (len(view.datasets) - number)  # as many for this dataset as for each later one
        pictures, left_out, unused = _draw_pictures(_plan_pictures(source, dataset), share)
        marks_left -= share - unused
        _, reason = source.marginals.get(dataset, ((), ""))  # why some marginals are missing
        notes = [f"No marginals: {one_line(reason)}."] if reason else []
        notes += [_LEFT_OUT.format(names=join_names(left_out, _MOST_NAMES))] if left_out else []
        if pictures or notes:
            dataset_pictures = DatasetPictures(
                number=number,
                name=one_line(dataset),
                pictures=tuple(pictures),
                pair=pair_plot(view, dataset),
                notes=tuple(notes),
            )
            datasets.append(dataset_pictures)
    return datasets


def _draw_pictures(plans: Iterable[_Plan], most_marks: int) -> tuple[list[PagePicture], list[str], int]:
    """Return (pictures, names of the plans that are left out, unused marks) of a dataset.

    most_marks  shapes and texts that its pictures may have together; a plan with more than are left is left
                out

    The marks of a plan are counted before its chart is made. So a plan uses its marks even if the chart is
    None, because it has nothing to show.
    """
    pictures, left_out, unused = [], [], most_marks
    for plan in plans:
        if plan.marks > unused:
            left_out.append(plan.name)
            continue
        unused -= plan.marks
        if (chart := plan.chart()) is not None:
            pictures.append(_draw_picture(plan, chart))
    return pictures, left_out, unused


def _plan_pictures(source: _Source, dataset: str) -> Iterator[_Plan]:
    """Yield the plans of the pictures of a dataset, the most important ones first.

    A page draws them in this order until it has as many marks, shapes or texts, as it may have.
    """
    view = source.view
    rows = view.list_rows(dataset)
    ranked, others = sort_metrics(source.results, rows)
    yield _Plan("ranks", "ranks", len(rows), partial(ranks_plot, view, dataset))
    yield from (_plan_seeds(view, dataset, name, rows) for name in ranked[:1])  # other metrics come below
    for x, y in find_metric_pairs(view, source.catalog, ranked):
        yield _Plan("trade-off", f"{x} and {y}", len(rows), partial(plot_trade_off, view, dataset, x, y))
    yield _Plan("wins", "wins", len(rows) ** 2, partial(make_win_map, view, dataset))
    for name in sort_by_known(rows, ranked)[:1]:  # the ranked metric that most rows have
        cost = partial(plot_cost, view, source.timings, dataset, name)
        yield _Plan("cost", f"cost and {name}", len(rows), cost)
    dataset_marginals, _ = source.marginals.get(dataset, ((), ""))  # the second is why some are missing
    for marginals in dataset_marginals:
        name = f"marginals of {marginals.generator}"
        yield _Plan("marginals", name, marginals.n_marks, partial(marginals_plot, marginals))
    yield from (_plan_seeds(view, dataset, name, rows) for name in [*ranked[1:], *others])
    for name in [*ranked, *others]:
        marks = count_marks(view, dataset, name)
        if marks.parts:
            draw = partial(make_parts_map, view, dataset, name)
            yield _Plan("parts", f"parts of {name}", marks.parts, draw)
        if marks.dependence:
            draw = partial(make_dependence_map, view, dataset, name)
            n_marks = round(_MARKS_PER_CELL * marks.dependence)
            yield _Plan("dependence", f"dependence in {name}", n_marks, draw)
    for generator, name, steps in list_logged_values(source.history, dataset):
        curve = partial(curve_plot, source.history, dataset, generator, name)
        yield _Plan("training", f"training of {generator}, {name}", steps, curve)


def _plan_seeds(view: View, dataset: str, metric: str, rows: Iterable[Row]) -> _Plan:
    """Return the plan of the dot plot of a metric: a row has a mean, an interval and a dot for each seed."""
    marks = sum(2 + len(row.entries[metric].values) for row in rows if metric in row.entries)
    return _Plan("seeds", f"seeds of {metric}", marks, partial(seeds_plot, view, dataset, metric))


def _draw_picture(plan: _Plan, chart: Chart) -> PagePicture:
    """Return the picture of a plan: the chart as an image, and as JSON for the page's script.

    The JSON needs no "$schema", since the script sets the mode of Vega itself.
    """
    image = draw_for_page(chart)
    size = _SIZE.search(image)  # the width and the height in the SVG
    width, height = (round(_SCALE * float(side)) for side in size.groups()) if size else (0, 0)
    return PagePicture(
        kind=plan.kind,
        url=data_url("image/svg+xml", image),
        alt=_describe_chart(chart),
        width=width,
        height=height,
        chart_width=round(width / (1 + SPARE)),
        chart=script_json(_share_data({name: part for name, part in chart.items() if name != "$schema"})),
    )


def _share_data(chart: Chart) -> Chart:
    """Return a chart in which layers with equal data refer to one table, under "datasets", by its name.

    So the page holds these data once.
    """
    counts = Counter(map(canonical, _find_data(chart)))
    names = {text: f"d{number}" for number, text in enumerate(counts) if counts[text] > 1}

    def name_data(part: Any) -> Any:
        """Return a part of the chart with repeated data replaced by their names."""
        if isinstance(part, list):
            return [name_data(item) for item in part]
        if not isinstance(part, dict):
            return part
        new_part = {name: name_data(value) for name, value in part.items() if name != "data"}
        if "data" in part:
            text = canonical(part["data"])
            new_part["data"] = {"name": names[text]} if text in names else part["data"]
        return new_part

    rows = {names[canonical(data)]: data["values"] for data in _find_data(chart) if canonical(data) in names}
    chart_of_names: Chart = name_data(chart)
    return chart_of_names | {"datasets": rows} if rows else chart_of_names


def _find_data(part: Any) -> Iterator[dict[str, Any]]:
    """Yield each "data" of a chart, and of its layers and panels at any depth."""
    if isinstance(part, dict):
        if "data" in part:
            yield part["data"]
        part = [value for name, value in part.items() if name != "data"]
    if isinstance(part, list):
        for item in part:
            yield from _find_data(item)


def _describe_chart(chart: Chart) -> str:
    """Return the title and the notes of a chart; the tables of the page have its numbers."""
    title: dict[str, Any] = chart["title"]
    return "; ".join([f"Chart: {title['text']}", *title.get("subtitle", [])])


def pair_plot(view: View, dataset: str) -> PairPlot | None:
    """Return the plot of any two metrics, which readers of the page choose; None if fewer have a value.

    It shows the largest group of rows of a dataset that can be compared, and starts with the two ranked
    metrics in which most generators have a value.
    """
    table = max(view.find_tables(dataset), key=lambda table: len(table.rows))
    heads = select_drawable_heads(table)
    if len(heads) < _FEWEST_METRICS:
        return None
    first = choose_pair(table, heads)
    axes = [_make_pair_axes(table, head) for head in heads]
    content = {
        "chart": _make_pair_chart(*(axes[number][0] for number in first)),  # [0]: the axis without controls
        "rows": [_make_pair_point(line, heads) for line in table.rows],
        "axes": axes,
        "note": {"color": GREY, "fontSize": SIZE},
        "beside": scatter.BESIDE,
        "rules": list_placing_rules(),
        "scale": _SCALE,
    }
    names = (f"{head.text} ({head.extractor})" if head.extractor else head.text for head in heads)
    return PairPlot(tuple(map(one_line, names)), first, script_json(content))


def _make_pair_axes(table: Table, head: Head) -> tuple[Chart, Chart]:
    """Return (without, with_controls): the channels of an axis for the competitors, and of one for all rows.

    Controls are rows for calibration, such as noise, which readers of the page show or hide.
    """
    competitors = [line for line in table.rows if not line.row.control]
    without = fit_axis(axis_title(head), select_known_entries(head, competitors), has_names=True)
    with_controls = fit_axis(axis_title(head), select_known_entries(head, table.rows), has_names=True)
    return without.encoding, with_controls.encoding


def _make_pair_chart(x: Chart, y: Chart) -> Chart:
    """Return the chart of two metrics without points, names and title, which the page's script adds.

    It needs no "$schema", since the script sets the mode of Vega itself.

    x, y  the channels of its first axes
    """
    layers = scatter.plot_layers(x, y, [])
    chart = frame({"width": scatter.PLOT_WIDTH, "height": scatter.HEIGHT, "layer": layers}, "")
    return {name: value for name, value in chart.items() if name not in ("$schema", "title")}


def _make_pair_point(line: Line, heads: Sequence[Head]) -> dict[str, Any]:
    """Return a row as a point, with its numbers in each column: None for a column without a value."""
    numbers = []
    for head in heads:
        known = select_known_entries(head, [line])  # one entry, or none
        text = line.cells[head.id].whole  # the value with its interval
        numbers.append(scatter.describe_numbers(known[0], text) if known else None)
    return {"point": scatter.make_point(line), "control": line.row.control is not None, "numbers": numbers}
