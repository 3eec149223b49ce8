"""The metrics that charts show where none is named, and the order of those of a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from genbench.core.names import parse_id
from genbench.report.charts.columns import sort_by_known
from genbench.report.charts.parts import PartMarks, part_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.board.view import Head, Line, Table, View
    from genbench.catalog.catalog import Catalog
    from genbench.results.results import Results

__all__ = [
    "default_metrics",
    "known_entries",
    "metric_pairs",
    "metrics_in_order",
    "pair_first",
    "pair_heads",
    "suited_metrics",
]

_PAIR = 2


def default_metrics(results: Results, view: View, dataset: str, kind: str, catalog: Catalog) -> list[str]:
    """Return the metrics of the first chart of a kind on the page of a run, or none if none has a value.

    kind  "seeds", "cost", "parts", "dependence" or "trade-off"
    """
    rows = view.rows(dataset)
    ranked, others = metrics_in_order(results, rows)
    if kind in PartMarks._fields:
        return suited_metrics(view, dataset, kind, [*ranked, *others])[:1]
    if kind == "seeds":
        return [*ranked, *others][:1]
    if kind == "cost":
        return sort_by_known(rows, ranked or others)[:1]
    pairs = metric_pairs(view, catalog, ranked)
    if pairs:
        return list(pairs[0])
    table = max(view.on(dataset), key=lambda table: len(table.rows))
    heads = pair_heads(table)
    return [heads[number].metric for number in pair_first(table, heads)] if len(heads) >= _PAIR else []


def suited_metrics(view: View, dataset: str, kind: str, metrics: Sequence[str]) -> list[str]:
    """Return those of some metrics on a dataset that a chart of a kind can show."""
    if kind not in PartMarks._fields:
        return list(metrics)
    return [name for name in metrics if getattr(part_marks(view, dataset, name), kind)]


def metrics_in_order(results: Results, rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the metrics in which a row has a number, in the order of the suite: ranked ones, and others."""
    order = dict.fromkeys(cell.metric for cell in results.plan.cells)
    known = [name for name in order if any(_has_value(row, name) for row in rows)]
    ranked = [
        name for name in known if any(name in row.entries and row.entries[name].is_ranked for row in rows)
    ]
    return ranked, [name for name in known if name not in ranked]


def metric_pairs(view: View, catalog: Catalog, metrics: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of metrics that are the two outputs of one component with the same options."""
    references = {record.cell.metric: record.cell.signature for record in view.outcomes}
    groups: dict[tuple[str, ...], list[str]] = {}
    for metric in metrics:
        signature = references[metric]
        found = catalog.matches("metric", str(signature.get("metric", "")))
        if len(found) == 1 and len(found[0].names) > 1:
            same = {name: value for name, value in signature.items() if name != "metric"}
            key = found[0].reference, json.dumps(same, sort_keys=True, default=str)
            groups.setdefault(key, []).append(metric)
    return [(group[0], group[1]) for group in groups.values() if len(group) == _PAIR]


def pair_heads(table: Table) -> list[Head]:
    """Return the columns of a table with a value, by extractor and name."""
    heads = sorted(table.heads, key=lambda head: parse_id(head.metric)[::-1])
    return [head for head in heads if known_entries(head, table.rows)]


def pair_first(table: Table, heads: Sequence[Head]) -> tuple[int, int]:
    """Return the numbers of the first two ranked columns of those that most rows have, or 0 and 1.

    The generators count before the controls.
    """
    rivals = [line for line in table.rows if not line.row.control]
    ranked = [number for number, head in enumerate(heads) if head.is_ranked]
    ranked.sort(
        key=lambda number: [-len(known_entries(heads[number], rows)) for rows in (rivals, table.rows)]
    )
    return (ranked[0], ranked[1]) if len(ranked) >= _PAIR else (0, 1)


def known_entries(head: Head, rows: Iterable[Line]) -> list[Entry]:
    """Return the entries of a column that have a value."""
    return [entry for line in rows if (entry := line.entry(head)) and entry.value is not None]


def _has_value(row: Row, metric: str) -> bool:
    return metric in row.entries and row.entries[metric].value is not None
