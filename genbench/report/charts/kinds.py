"""The kinds of charts that `genbench plot` draws, and the metrics that they show where none is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from genbench.board.csv_tables import history_frame, timings_frame
from genbench.board.view import view_results
from genbench.core.errors import SuiteError
from genbench.core.names import parse_id
from genbench.report.charts import curves, maps, ranks, scatter, seeds
from genbench.report.charts.columns import find_dataset, find_metric, metric_ids, row_notes, sort_by_known
from genbench.report.charts.theme import make_standalone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.board.view import Head, Line, Table, View
    from genbench.catalog.catalog import Catalog
    from genbench.report.charts.theme import Chart
    from genbench.results.results import Results

__all__ = [
    "KINDS", "build_chart", "choose_metrics", "choose_pair", "find_metric_pairs",
    "select_drawable_heads", "select_known_entries", "select_metrics", "sort_metrics",
]  # fmt: skip

#: Kind of chart to the number of metrics that it shows; None for one that shows no metric by name.
KINDS = {
    "seeds": 1, "ranks": None, "trade-off": 2, "training": None, "cost": 1, "wins": None, "parts": 1,
    "dependence": 1,
}  # fmt: skip


def build_chart(
    results: Results,
    kind: str,
    *,
    dataset: str | None = None,
    metrics: Sequence[str] = (),
    log: str | None = None,
) -> Chart:
    """Return a chart of the results of a run, with the dataset in its title and `row_notes` first.

    kind     one of KINDS
    dataset  None: the only one
    metrics  as many as the kind shows, each an id, or a name that one id on the board begins with
    log      for "training", the value to show, such as "loss"; None: all

    Raises SuiteError for an unknown name, another number of metrics, and if there is nothing to draw.
    """
    view = view_results(results)
    dataset_id = find_dataset(view, dataset)
    n_metrics = KINDS[kind] or 0  # None for a kind that shows no metric by name
    # for the kinds in _NO_METRIC, the metrics that have values for the chart; for the others, all metrics
    drawable = select_metrics(view, dataset_id, kind, metric_ids(view, dataset_id))
    if kind in _NO_METRIC and not drawable:
        raise SuiteError(f"there is nothing to draw: {_NO_METRIC[kind]} on {dataset_id}; {_OTHER_KIND}")
    if len(metrics) != n_metrics:
        raise SuiteError(
            f"{kind} shows {n_metrics or 'no'} metric{'' if n_metrics == 1 else 's'} by name, and "
            f"{len(metrics)} were given; the metrics on {dataset_id} are {', '.join(drawable)}"
        )
    if log is not None and kind != "training":
        raise SuiteError(f"{kind} shows no logged value; leave out {log!r}, or plot training")
    ids = [find_metric(view, dataset_id, metric) for metric in metrics]
    chart = _draw_kind(results, view, kind, dataset_id, ids, log)
    if chart is None:
        remedy = f"choose {' or '.join(drawable)}" if kind in _NO_METRIC else _OTHER_KIND
        raise SuiteError(f"there is nothing to draw: {_NOTHING_DRAWN[kind]} on {dataset_id}; {remedy}")
    return make_standalone(chart, dataset_id, *row_notes(view, dataset_id))


_OTHER_KIND = "choose another kind of chart"

#: Kind of chart to what its run lacks if there is nothing to draw.
_NOTHING_DRAWN = {
    "ranks": "no generator has a rank",
    "trade-off": "no generator has a value in both metrics",
    "training": "no generator has logged its training",
    "cost": "no generator has both a value and timings",
    "wins": "no two generators are ranked together",
    "parts": "the metric has no values of single parts, such as columns,",
    "dependence": "the metric does not say how parts, such as columns, depend on one another",
}

#: The kinds of charts that only some metrics have, each with what a run lacks if none of its metrics has it.
_NO_METRIC = {
    "parts": "no metric has values of single parts, such as columns,",
    "dependence": "no metric says how parts, such as columns, depend on one another",
}


def _draw_kind(
    results: Results, view: View, kind: str, dataset: str, metrics: Sequence[str], log: str | None
) -> Chart | None:
    """Return the chart of a kind, or None if there is nothing to draw.

    metrics  ids, as many as the kind shows
    log      for "training", the value to show; None: all
    """
    # lambdas, since only one of the charts is drawn
    draw: dict[str, Callable[[], Chart | None]] = {
        "seeds": lambda: seeds.seeds_plot(view, dataset, *metrics, with_key=True),
        "ranks": lambda: ranks.ranks_plot(view, dataset),
        "trade-off": lambda: scatter.plot_trade_off(view, dataset, *metrics),
        "training": lambda: curves.curves_plot(history_frame(results.traces), dataset, log),
        "cost": lambda: scatter.plot_cost(view, timings_frame(results.traces), dataset, *metrics),
        "wins": lambda: maps.make_win_map(view, dataset),
        "parts": lambda: maps.make_parts_map(view, dataset, *metrics),
        "dependence": lambda: maps.make_dependence_map(view, dataset, *metrics),
    }
    return draw[kind]()


_PAIR = 2  # metrics of a trade-off


def choose_metrics(results: Results, view: View, dataset: str, kind: str, catalog: Catalog) -> list[str]:
    """Return the metrics of the first chart of a kind on the page of a run, or none if none has a value.

    kind  "seeds", "cost", "parts", "dependence" or "trade-off"
    """
    rows = view.list_rows(dataset)
    ranked, others = sort_metrics(results, rows)
    if kind in maps.PartMarks._fields:  # "parts" or "dependence"
        return select_metrics(view, dataset, kind, [*ranked, *others])[:1]
    if kind == "seeds":
        return [*ranked, *others][:1]
    if kind == "cost":
        return sort_by_known(rows, ranked or others)[:1]
    pairs = find_metric_pairs(view, catalog, ranked)  # for "trade-off"
    if pairs:
        return list(pairs[0])
    # without a pair of outputs, two columns of the table with most rows
    table = max(view.find_tables(dataset), key=lambda table: len(table.rows))
    heads = select_drawable_heads(table)
    return [heads[number].metric for number in choose_pair(table, heads)] if len(heads) >= _PAIR else []


def select_metrics(view: View, dataset: str, kind: str, metrics: Sequence[str]) -> list[str]:
    """Return those of some metrics on a dataset that a chart of a kind can show, in their order.

    Maps of parts and of dependence need records with such values; the other kinds show any metric.
    """
    if kind not in maps.PartMarks._fields:
        return list(metrics)
    # a map that can be drawn has marks; a PartMarks has their number in a field with the name of the kind
    return [name for name in metrics if getattr(maps.count_marks(view, dataset, name), kind)]


def sort_metrics(results: Results, rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the ids of the ranked metrics in which a row has a value, and those of the others.

    Both are in the order of the suite.
    """
    order = dict.fromkeys(cell.metric for cell in results.plan.cells)
    entries = {name: [row.entries[name] for row in rows if name in row.entries] for name in order}
    with_value = [name for name in order if any(entry.value is not None for entry in entries[name])]
    ranked = [name for name in with_value if any(entry.is_ranked for entry in entries[name])]
    return ranked, [name for name in with_value if name not in ranked]


def find_metric_pairs(view: View, catalog: Catalog, metrics: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of metrics that are two outputs of one component, such as precision and recall.

    Their signatures are equal but for the metric. Three or more outputs are no pair.
    """
    signatures = {record.cell.metric: record.cell.signature for record in view.outcomes}
    groups: dict[tuple[str, ...], list[str]] = {}
    for metric in metrics:
        signature = signatures[metric]
        # no pair: a component that is not installed, a name of several ones, and a component with one output
        components = catalog.matches("metric", str(signature.get("metric", "")))
        if len(components) == 1 and len(components[0].names) > 1:
            settings = {name: value for name, value in signature.items() if name != "metric"}
            key = components[0].reference, json.dumps(settings, sort_keys=True, default=str)
            groups.setdefault(key, []).append(metric)
    return [(group[0], group[1]) for group in groups.values() if len(group) == _PAIR]


def select_drawable_heads(table: Table) -> list[Head]:
    """Return the columns of a table in which a row has a value, sorted by extractor, then by name.

    A plot shows any two of them.
    """
    # reversed, since `parse_id` returns (name, extractor)
    heads = sorted(table.heads, key=lambda head: parse_id(head.metric)[::-1])
    return [head for head in heads if select_known_entries(head, table.rows)]


def choose_pair(table: Table, heads: Sequence[Head]) -> tuple[int, int]:
    """Return the numbers, in `heads`, of the two columns that a plot of any two metrics shows first.

    They are the two ranked columns with the most values, or else the first two columns. Values of generators
    that compete count first; values of all rows, and then the order, break ties.
    """
    competitors = [line for line in table.rows if not line.row.control]

    def count_values(number: int) -> tuple[int, int]:
        """Return how many competitors have a value in a column, and how many rows have one."""
        known = select_known_entries(heads[number], competitors)
        return len(known), len(select_known_entries(heads[number], table.rows))

    ranked = [number for number, head in enumerate(heads) if head.is_ranked]
    ranked.sort(key=count_values, reverse=True)
    return (ranked[0], ranked[1]) if len(ranked) >= _PAIR else (0, 1)


def select_known_entries(head: Head, rows: Iterable[Line]) -> list[Entry]:
    """Return the entries of a column that have a value."""
    return [entry for line in rows if (entry := line.entry(head)) and entry.value is not None]
