"""The metrics that charts show where none is named, and the order of those of a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from genbench.core.names import parse_id
from genbench.report.charts.columns import most_known
from genbench.report.charts.parts import PartMarks, part_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row
    from genbench.catalog.catalog import Catalog
    from genbench.results.results import Results

__all__ = [
    "default_metrics",
    "known_entries",
    "metric_pairs",
    "metrics_in_order",
    "pair_columns",
    "pair_first",
    "suited_metrics",
]

_PAIR = 2


def default_metrics(results: Results, board: Board, dataset: str, kind: str, catalog: Catalog) -> list[str]:
    """Return the metrics of the first chart of a kind on the page of a run, or none if none has a value.

    kind  "seeds", "cost", "parts", "dependence" or "trade-off"
    """
    rows = [row for row in board.rows if row.dataset == dataset]
    ranked, others = metrics_in_order(results, rows)
    if kind in PartMarks._fields:
        return suited_metrics(board, dataset, kind, [*ranked, *others])[:1]
    if kind == "seeds":
        return [*ranked, *others][:1]
    if kind == "cost":
        return most_known(rows, ranked or others)[:1]
    pairs = metric_pairs(board, catalog, ranked)
    if pairs:
        return list(pairs[0])
    block = max(board.blocks(dataset), key=lambda block: len(block.rows))
    columns = pair_columns(block)
    return [columns[number].metric for number in pair_first(block, columns)] if len(columns) >= _PAIR else []


def suited_metrics(board: Board, dataset: str, kind: str, metrics: Sequence[str]) -> list[str]:
    """Return those of some metrics on a dataset that a chart of a kind can show."""
    if kind not in PartMarks._fields:
        return list(metrics)
    return [name for name in metrics if getattr(part_marks(board, dataset, name), kind)]


def metrics_in_order(results: Results, rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the metrics in which a row has a number, in the order of the suite: ranked ones, and others."""
    order = dict.fromkeys(cell.metric for cell in results.plan.cells)
    known = [name for name in order if any(_has_value(row, name) for row in rows)]
    ranked = [
        name for name in known if any(name in row.entries and row.entries[name].is_ranked for row in rows)
    ]
    return ranked, [name for name in known if name not in ranked]


def metric_pairs(board: Board, catalog: Catalog, metrics: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of metrics that are the two outputs of one component with the same options."""
    references = {record.cell.metric: record.cell.signature for record in board.outcomes}
    groups: dict[tuple[str, ...], list[str]] = {}
    for metric in metrics:
        signature = references[metric]
        found = catalog.matches("metric", str(signature.get("metric", "")))
        if len(found) == 1 and len(found[0].names) > 1:
            same = {name: value for name, value in signature.items() if name != "metric"}
            key = found[0].reference, json.dumps(same, sort_keys=True, default=str)
            groups.setdefault(key, []).append(metric)
    return [(group[0], group[1]) for group in groups.values() if len(group) == _PAIR]


def pair_columns(block: Block) -> list[Column]:
    """Return the columns of a block with a value, by extractor and name."""
    columns = sorted(block.columns, key=lambda column: parse_id(column.metric)[::-1])
    return [column for column in columns if known_entries(column, block.rows)]


def pair_first(block: Block, columns: Sequence[Column]) -> tuple[int, int]:
    """Return the numbers of the first two ranked columns of those that most rows have, or 0 and 1.

    The generators count before the controls.
    """
    rivals = [row for row in block.rows if not row.control]
    ranked = [number for number, column in enumerate(columns) if column in block.ranked]
    ranked.sort(
        key=lambda number: [-len(known_entries(columns[number], rows)) for rows in (rivals, block.rows)]
    )
    return (ranked[0], ranked[1]) if len(ranked) >= _PAIR else (0, 1)


def known_entries(column: Column, rows: Iterable[Row]) -> list[Entry]:
    """Return the entries of a column that have a value."""
    return [entry for row in rows if (entry := column.entry(row)) and entry.value is not None]


def _has_value(row: Row, metric: str) -> bool:
    return metric in row.entries and row.entries[metric].value is not None
