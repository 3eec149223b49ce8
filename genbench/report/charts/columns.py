"""What charts show of a board: the columns of a metric, and the facts of a row."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from genbench.board.findings import listed
from genbench.board.formats.column_numbers import Estimate, column_numbers
from genbench.board.formatting import cell_text, direction_text, distinction, label, rank_text
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import nearest, parse_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row

    #: A row of a board, and its entry in the column that a chart shows.
    Shown = tuple[Row, Entry]

__all__ = [
    "axis_title",
    "better_text",
    "blocks_in",
    "columns_of",
    "cut_note",
    "dataset_named",
    "facts",
    "features_note",
    "metric_ids",
    "metric_named",
    "most_known",
    "number_texts",
    "own_note",
    "short_names",
    "sorted_by_value",
    "with_entries",
    "without_note",
]

_MOST_NAMES = 6  # of generators in a note


def blocks_in(board: Board, dataset: str) -> list[Block]:
    """Return the blocks of a dataset; raise SuiteError if the board has no such dataset."""
    return board.blocks(dataset_named(board, dataset))


def dataset_named(board: Board, name: str | None) -> str:
    """Return the dataset of a board with this name, or the only one; raise SuiteError if there is none."""
    if name is None and len(board.datasets) == 1:
        return board.datasets[0]
    if name is None:
        raise SuiteError(f"name a dataset of this leaderboard: {', '.join(board.datasets)}")
    if name not in board.datasets:
        raise SuiteError(f"no dataset {name!r} on this leaderboard{nearest(name, board.datasets)}")
    return name


def columns_of(board: Board, dataset: str, metric: str) -> list[tuple[Block, Column]]:
    """Return the columns of a metric on a dataset; numbers of two of them cannot be compared.

    Raises SuiteError if the board has no such dataset, or no such metric there.
    """
    blocks = blocks_in(board, dataset)
    found = [(block, column) for block in blocks for column in block.columns if column.metric == metric]
    if not found:
        known = {column.metric for block in blocks for column in block.columns}
        raise SuiteError(f"no metric {metric!r} on {dataset} of this leaderboard{nearest(metric, known)}")
    return found


def metric_named(board: Board, dataset: str, name: str) -> str:
    """Return the id of a metric on a dataset: `name` itself, or the only id of this name with an extractor.

    Raises SuiteError if there is none, or several.
    """
    known = metric_ids(board, dataset)
    found = [name] if name in known else [metric for metric in known if parse_id(metric)[0] == name]
    if not found:
        named = {*known, *(parse_id(metric)[0] for metric in known)}
        raise SuiteError(f"no metric {name!r} on {dataset} of this leaderboard{nearest(name, named)}")
    if len(found) > 1:
        raise SuiteError(
            f"{name!r} is the name of several metrics on {dataset}; write one of {', '.join(found)}"
        )
    return found[0]


def metric_ids(board: Board, dataset: str) -> list[str]:
    """Return the ids of the metrics on a dataset, sorted."""
    return sorted({metric for row in board.rows if row.dataset == dataset for metric in row.entries})


def short_names(board: Board, dataset: str) -> dict[str, str]:
    """Return the name of each metric on a dataset as `metric_named` reads it, with an extractor if needed."""
    ids = metric_ids(board, dataset)
    counts = Counter(parse_id(metric)[0] for metric in ids)
    return {metric: name if counts[name := parse_id(metric)[0]] == 1 else metric for metric in ids}


def with_entries(block: Block, column: Column) -> list[Shown]:
    """Return the rows of a block that have an entry in a column, with this entry."""
    return [(row, entry) for row in block.rows if (entry := column.entry(row)) is not None]


def most_known(rows: Sequence[Row], metrics: Iterable[str]) -> list[str]:
    """Return metrics with those first in which most generators have a value, else in the given order."""

    def unknown(metric: str) -> int:
        entries = [row.entries.get(metric) for row in rows if not row.control]
        return sum(entry is None or entry.value is None for entry in entries)

    return sorted(metrics, key=unknown)


def without_note(board: Board, dataset: str, shown: Iterable[str], what: str) -> list[str]:
    """Return the line that names the generators of a dataset that a chart does not show, if there are any.

    shown  the generators that it shows, as in `facts`
    what   they lack
    """
    names = [one_line(label(row)) for row in board.rows if row.dataset == dataset and not row.control]
    left_out = set(names) - set(shown)
    named = (
        listed([name for name in dict.fromkeys(names) if name in left_out], _MOST_NAMES) if left_out else ""
    )
    return [f"without {what}: {named}"] if left_out else []


def cut_note(names: Iterable[str]) -> list[str]:
    """Return the line that names the rows whose intervals an axis cuts, if there are any."""
    own = list(dict.fromkeys(names))
    return [f"intervals that go on beyond the axis: {listed(own, _MOST_NAMES)}"] if own else []


def own_note(names: Iterable[str]) -> list[str]:
    """Return the line that names the rows that show the metric's own interval, if there are any."""
    own = list(dict.fromkeys(names))
    return (
        [f"no spread over seeds, so the interval is of the metric itself: {listed(own, _MOST_NAMES)}"]
        if own
        else []
    )


def sorted_by_value(rows: Iterable[Shown]) -> list[Shown]:
    """Return rows with the best mean first, or the largest if none is better; those without a mean last."""

    def order(pair: Shown) -> tuple[float, str]:
        row, entry = pair
        if entry.value is None:
            return math.inf, row.generator
        loss = entry.loss if entry.is_ranked else None
        return -entry.value if loss is None else loss, row.generator

    return sorted(rows, key=order)


def number_texts(block: Block, column: Column) -> dict[str, str]:
    """Return the numbers of a column as the table of a page shows them, or their statuses, by generator."""
    rows = with_entries(block, column)
    known = [(row, entry, entry.value) for row, entry in rows if entry.value is not None]
    found = column_numbers([Estimate(value, *entry.shown_interval) for _, entry, value in known])
    unit = f" in {found.unit}" if found.unit else ""
    texts = {
        row.generator: f"{text.text} {text.interval}".rstrip() + unit
        for (row, _, _), text in zip(known, found.texts, strict=True)
    }
    return {row.generator: one_line(cell_text(entry)) for row, entry in rows} | texts


def facts(row: Row, entry: Entry, text: str) -> dict[str, Any]:
    """Return what a chart shows of one number, by the name that its readers see.

    text  the number as `number_texts` has it
    """
    low, high = entry.shown_interval
    numbers = {"value": entry.value, "low": low, "high": high}
    return {
        "generator": one_line(label(row)),
        "mean": text,
        "rank": rank_text(entry),
        "n": " ".join(map(str, row.n)),
        "seeds": " ".join(map(str, entry.seeds)),
        "signature": entry.short,
        "best": entry.is_best,
    } | {name: number for name, number in numbers.items() if number is not None}


def axis_title(block: Block, column: Column) -> str:
    """Return the title of the axis of a column: its metric, and in words which values are better."""
    name = parse_id(column.metric)[0] + distinction(block, column)
    return one_line(f"{name}, {better_text(block, column)}")


def better_text(block: Block, column: Column) -> str:
    """Return in words which values of a column are better."""
    entry = block.entries[column]
    return direction_text(entry.facts.direction, entry.facts.best)


def features_note(*metrics: str) -> list[str]:
    """Return the line that names the extractors of metrics, if their ids name any."""
    extractors = list(dict.fromkeys(filter(None, (parse_id(metric)[1] for metric in metrics))))
    return [one_line(f"features: {', '.join(extractors)}")] if extractors else []
