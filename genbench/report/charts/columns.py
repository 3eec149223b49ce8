"""What charts show of a board: the columns of a metric, and the facts of a row."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import rank_text
from genbench.board.warnings import list_copies
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import join_names, parse_id, suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.board.view import Head, Line, Table, View

    #: A row of a table, and its entry in the column that a chart shows.
    Shown = tuple[Line, Entry]

__all__ = [
    "CUT", "OWN", "axis_title", "describe_point", "features_note", "find_columns", "find_dataset",
    "find_metric", "metric_ids", "names_note", "row_notes", "short_names", "sort_by_known", "sort_by_value",
    "tables_on", "without_note",
]  # fmt: skip

#: What notes say of rows: that an axis cuts their intervals, and that these are those of the metric itself.
CUT = "intervals that go on beyond the axis"
OWN = "no spread over seeds, so the interval is of the metric itself"

_MOST_NAMES = 6  # of generators in a note


def tables_on(view: View, dataset: str) -> list[Table]:
    """Return the tables of a dataset; raise SuiteError if the board has no such dataset."""
    return view.find_tables(find_dataset(view, dataset))


def find_dataset(view: View, name: str | None) -> str:
    """Return the id of a dataset of a board: `name`, or for None, the only one.

    Raises SuiteError if the board has no such dataset, or if there are several and `name` is None.
    """
    if name is None and len(view.datasets) == 1:
        return view.datasets[0]
    if name is None:
        raise SuiteError(f"name a dataset of this leaderboard: {', '.join(view.datasets)}")
    if name not in view.datasets:
        raise SuiteError(f"no dataset {name!r} on this leaderboard{suggest_names(name, view.datasets)}")
    return name


def find_columns(view: View, dataset: str, metric: str) -> list[tuple[Table, Head]]:
    """Return the columns of a metric on a dataset, each with its table.

    Numbers of two columns cannot be compared, since they have other signatures, seeds or valid shares. Raises
    SuiteError if the board has no such dataset, or no such metric there.
    """
    tables = tables_on(view, dataset)
    columns = [(table, head) for table in tables for head in table.heads if head.metric == metric]
    if not columns:
        ids = {head.metric for table in tables for head in table.heads}
        raise SuiteError(f"no metric {metric!r} on {dataset} of this leaderboard{suggest_names(metric, ids)}")
    return columns


def find_metric(view: View, dataset: str, name: str) -> str:
    """Return the id of a metric on a dataset: `name` itself, or the only id of this name with an extractor.

    Raises SuiteError if there is none, or several.
    """
    ids = metric_ids(view, dataset)
    matches = [name] if name in ids else [metric for metric in ids if parse_id(metric)[0] == name]
    if not matches:
        named = {*ids, *(parse_id(metric)[0] for metric in ids)}
        raise SuiteError(f"no metric {name!r} on {dataset} of this leaderboard{suggest_names(name, named)}")
    if len(matches) > 1:
        raise SuiteError(
            f"{name!r} is the name of several metrics on {dataset}; write one of {', '.join(matches)}"
        )
    return matches[0]


def metric_ids(view: View, dataset: str) -> list[str]:
    """Return the ids of the metrics on a dataset, sorted."""
    return sorted({metric for row in view.list_rows(dataset) for metric in row.entries})


def short_names(view: View, dataset: str) -> dict[str, str]:
    """Return the shortest name of each metric on a dataset that `find_metric` accepts."""
    names = {metric: parse_id(metric)[0] for metric in metric_ids(view, dataset)}  # without the extractor
    counts = Counter(names.values())
    return {metric: name if counts[name] == 1 else metric for metric, name in names.items()}


def sort_by_known(rows: Sequence[Row], metrics: Iterable[str]) -> list[str]:
    """Return metrics sorted by the number of generators with a value, the most first; ties stay in order.

    Controls do not count.
    """

    def count_unknown(metric: str) -> int:
        """Return the number of generators without a value in a metric."""
        entries = [row.entries.get(metric) for row in rows if not row.control]
        return sum(entry is None or entry.value is None for entry in entries)

    return sorted(metrics, key=count_unknown)


def without_note(view: View, dataset: str, chart_names: Iterable[str], what: str) -> list[str]:
    """Return a list with the note that names the generators that a chart does not show; [] if it shows all.

    The note is a line below the chart, such as "without a value: vae and gan". It never names controls.

    chart_names  the names of the generators that it shows, as `Line.name` has them: with a mark if a
                 generator is not deterministic, or has no records
    what         what the others lack, such as "a value"
    """
    lines = {line.row.generator: line for table in view.find_tables(dataset) for line in table.rows}
    names = [lines[name].name for name in sorted(lines) if not lines[name].row.control]
    in_chart = set(chart_names)
    return names_note(f"without {what}", (name for name in names if name not in in_chart))


def row_notes(view: View, dataset: str) -> list[str]:
    """Return why generators of a dataset are not ranked, and which samples of ranked ones are copies.

    They are notes of a chart in a file by itself; a page has them once, at its tables. Where no copies were
    counted, as by an earlier genbench, charts say nothing of them.
    """
    tables = view.find_tables(dataset)
    unranked = [line for table in tables for line in table.unranked]
    copies = list_copies(line.row for table in tables for line in table.rows if line.row.copies)
    return list(dict.fromkeys([*unranked, *copies]))


def names_note(what: str, names: Iterable[str]) -> list[str]:
    """Return a list with one note, `what` and the names that it concerns; [] without names.

    A list, so that a caller adds it to its other notes. `what` is a statement on the names, such as CUT.
    """
    unique = list(dict.fromkeys(names))
    return [f"{what}: {join_names(unique, _MOST_NAMES)}"] if unique else []


def sort_by_value(rows: Iterable[Shown]) -> list[Shown]:
    """Return rows with the best mean first, or for a metric without a direction the largest mean first.

    Those without a mean follow, then generators that a reason excludes from the ranks, in the same order.
    """

    def sort_key(row: Shown) -> tuple[bool, float, str]:
        """Return the sort key of a row: whether it is excluded, its loss (lower is better), and its name."""
        line, entry = row
        excluded = bool(line.row.unranked)
        if entry.value is None:
            return excluded, math.inf, line.row.generator
        loss = entry.loss if entry.is_ranked else None  # a metric without a direction has no loss
        return excluded, -entry.value if loss is None else loss, line.row.generator

    return sorted(rows, key=sort_key)


def describe_point(line: Line, head: Head) -> dict[str, Any]:
    """Return what a chart shows of a row in a column, by name; a tooltip shows readers these names.

    The field "mean" is a text with interval and unit. The fields "value", "low" and "high" are numbers, and
    left out where they are unknown. Raises ValueError if the row has no entry in the column.
    """
    cell = line.cells[head.id]
    entry = cell.entry
    if entry is None:
        raise ValueError(f"{line.name} has no number in {head.id}")
    low, high = entry.display_interval
    numbers = {"value": entry.value, "low": low, "high": high}
    return {
        "generator": line.name,
        "mean": cell.whole,
        "rank": rank_text(entry),
        "n": " ".join(map(str, line.row.n)),
        "seeds": " ".join(map(str, entry.seeds)),
        "signature": entry.short_signature,
        "best": entry.is_best,
    } | {name: number for name, number in numbers.items() if number is not None}


def axis_title(head: Head) -> str:
    """Return the title of the axis of a column: its metric, and in words which values are better."""
    return one_line(f"{head.name}, {head.better}")


def features_note(*metrics: str) -> list[str]:
    """Return a list with the note that names the extractors of metrics; [] if their ids name none."""
    extractors = list(dict.fromkeys(filter(None, (parse_id(metric)[1] for metric in metrics))))
    return [one_line(f"features: {', '.join(extractors)}")] if extractors else []
