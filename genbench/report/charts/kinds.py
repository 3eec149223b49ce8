"""The kinds of charts that `genbench plot` draws, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.csv_tables import history_frame, timings_frame
from genbench.board.view import view_results
from genbench.core.errors import SuiteError
from genbench.report.charts.choices import suited_metrics
from genbench.report.charts.columns import find_dataset, find_metric, metric_ids
from genbench.report.charts.curves import curves_plot
from genbench.report.charts.maps import win_map
from genbench.report.charts.parts import dependence_map, parts_map
from genbench.report.charts.ranks import ranks_plot
from genbench.report.charts.scatter import cost_plot, trade_off
from genbench.report.charts.seeds import seeds_plot
from genbench.report.charts.theme import on_dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.board.view import View
    from genbench.report.charts.theme import Chart
    from genbench.results.results import Results

__all__ = ["KINDS", "chart_of"]

#: Kind of chart to the number of metrics that it shows; None for one that shows no metric by name.
KINDS = {
    "seeds": 1, "ranks": None, "trade-off": 2, "training": None, "cost": 1, "wins": None, "parts": 1,
    "dependence": 1,
}  # fmt: skip


def chart_of(
    found: Results,
    kind: str,
    *,
    dataset: str | None = None,
    metrics: Sequence[str] = (),
    log: str | None = None,
) -> Chart:
    """Return a chart of the results of a run, with the dataset in its title.

    kind     one of KINDS
    dataset  None: the only one
    metrics  as many as the kind shows, each an id, or a name that one id on the board begins with
    log      for "training", the value to show, such as "loss"; None: all

    Raises SuiteError for an unknown name, another number of metrics, and if there is nothing to draw.
    """
    view = view_results(found)
    place = find_dataset(view, dataset)
    wanted = KINDS[kind] or 0
    known = suited_metrics(view, place, kind, metric_ids(view, place))
    if kind in _OF_NONE and not known:
        raise SuiteError(f"there is nothing to draw: {_OF_NONE[kind]} on {place}")
    if len(metrics) != wanted:
        raise SuiteError(
            f"{kind} shows {wanted or 'no'} metric{'' if wanted == 1 else 's'} by name, and {len(metrics)} "
            f"were given; the metrics on {place} are {', '.join(known)}"
        )
    if log is not None and kind != "training":
        raise SuiteError(f"{kind} shows no logged value; leave out {log!r}, or plot training")
    ids = [find_metric(view, place, metric) for metric in metrics]
    chart = _chart(found, view, kind, place, ids, log)
    if chart is None:
        others = f"; choose {' or '.join(known)}" if kind in _OF_NONE else ""
        raise SuiteError(f"there is nothing to draw: {_EMPTY[kind]} on {place}{others}")
    return on_dataset(chart, place)


#: Kind of chart to what its run lacks if there is nothing to draw.
_EMPTY = {
    "ranks": "no generator has a rank",
    "trade-off": "no generator has a value in both metrics",
    "training": "no generator has logged its training",
    "cost": "no generator has both a value and timings",
    "wins": "no two generators are ranked together",
    "parts": "the metric has no values of single parts, such as columns,",
    "dependence": "the metric does not say how parts, such as columns, depend on one another",
}

#: Kind of chart of some metrics to what all metrics of its run lack if none of them can be drawn.
_OF_NONE = {
    "parts": "no metric has values of single parts, such as columns,",
    "dependence": "no metric says how parts, such as columns, depend on one another",
}


def _chart(
    found: Results, view: View, kind: str, dataset: str, metrics: Sequence[str], log: str | None
) -> Chart | None:
    draw: dict[str, Callable[[], Chart | None]] = {
        "seeds": lambda: seeds_plot(view, dataset, *metrics, with_key=True),
        "ranks": lambda: ranks_plot(view, dataset),
        "trade-off": lambda: trade_off(view, dataset, *metrics),
        "training": lambda: curves_plot(history_frame(found.traces), dataset, log),
        "cost": lambda: cost_plot(view, timings_frame(found.traces), dataset, *metrics),
        "wins": lambda: win_map(view, dataset),
        "parts": lambda: parts_map(view, dataset, *metrics),
        "dependence": lambda: dependence_map(view, dataset, *metrics),
    }
    return draw[kind]()
