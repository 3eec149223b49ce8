"""Maps of the parts of samples, such as columns of a table: their values, and their dependence."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.board.formatting import label, number
from genbench.charts.columns import better_text, columns_of, features_note, with_entries
from genbench.charts.maps import FAINT, shaded_map
from genbench.charts.theme import CELL, GREY, INK, WIDTH, Chart, framed, panelled, tooltip
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.results.part_extras import dependence_in, parts_in
from genbench.results.signatures import short_signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row
    from genbench.results.records import Record

__all__ = ["PartMarks", "dependence_map", "part_marks", "parts_map"]

_MOST_PARTS, _MOST_PAIRED = 20, 12  # parts in a map of values, and of dependence
_DIGITS = 2
_SMALLEST, _LARGEST, _BETWEEN = 9, 20, 16  # pixels of a cell of dependence, and between two maps
_NARROWEST = 84  # pixels of a map of dependence, below the title of the real one
_AGAINST = "#D55E00"  # colour of a negative dependence
_REAL = "real samples"


class PartMarks(NamedTuple):
    """The marks of the map of values and of that of dependence, 0 where there is none."""

    parts: int
    dependence: int


def part_marks(board: Board, dataset: str, metric: str) -> PartMarks:
    """Return how many marks the maps of a metric on a dataset have at most."""
    records = [
        record
        for record in board.outcomes
        if record.status == "ok" and (record.cell.dataset, record.cell.metric) == (dataset, metric)
    ]
    rows = len({record.cell.generator for record in records})
    parts = max((len(parts_in(record.extra)) for record in records), default=0)
    found = filter(None, (dependence_in(record.extra) for record in records))
    paired = min(max((len(each.names) for each in found), default=0), _MOST_PAIRED)
    return PartMarks(2 * rows * min(parts, _MOST_PARTS), (rows + 1) * paired**2)


def parts_map(board: Board, dataset: str, metric: str) -> Chart | None:
    """Return the map of a metric's values of single parts, the mean over seeds, for each generator.

    The parts that competitors, or else controls, have the worst mean of are shown, the worst one first. The
    darker, the worse. Returns None if no record has such values. Raises SuiteError if the board has no such
    dataset or metric.
    """
    panels, notes = [], []
    for block, column in columns_of(board, dataset, metric):
        means = _means(board, block, column)
        if means:
            panel, note = _panel(means, block, column)
            panels.append(panel)
            notes += [note] * bool(note)
    if not panels:
        return None
    (block, column), *_ = columns_of(board, dataset, metric)
    said = f"the mean over seeds, {better_text(block, column)}; darker is worse"
    return panelled(panels, _title("parts of", metric), said, *dict.fromkeys(notes), *features_note(metric))


def dependence_map(board: Board, dataset: str, metric: str) -> Chart | None:
    """Return how parts depend on one another: a map of the real samples, and one of each generator.

    Each shows the first seed of which a record says it; all have the same parts in the same order. Returns
    None if no record says it. Raises SuiteError if the board has no such dataset or metric.
    """
    (block, column), *_ = columns_of(board, dataset, metric)
    shown = []
    for row, entry in with_entries(block, column):
        found = (dependence_in(record.extra) for record in _of_entry(board, row, entry))
        known = next((each for each in found if each is not None), None)
        if known is not None:
            shown.append((one_line(label(row)), known))
    if not shown:
        return None
    names = [name for name in shown[0][1].names if all(name in each.names for _, each in shown)]
    names = names[:_MOST_PAIRED]
    maps = [(_REAL, shown[0][1].names, shown[0][1].real)]
    maps += [(name, each.names, each.fake) for name, each in shown]
    cells = [
        {"of": title, "part": one, "other": other, "dependence": number(value, _DIGITS),
         "strength": abs(value), "sign": "negative" if value < 0 else "positive"}
        for title, own, rows in maps
        for one in names
        for other in names
        if one != other and (value := rows[own.index(one)][own.index(other)]) is not None
    ]  # fmt: skip
    return framed(_facets(cells, [title for title, *_ in maps], names), _title("dependence in", metric),
                  "how much each part depends on each other one; orange is negative",
                  f"in the order {', '.join(map(one_line, names))}")  # fmt: skip


def _title(what: str, metric: str) -> str:
    return one_line(f"{what} {parse_id(metric)[0]}")


def _of_entry(board: Board, row: Row, entry: Entry) -> list[Record]:
    """Return the records behind an entry, in the order of their seeds."""
    place = row.dataset, row.generator, entry.metric
    found = [
        record
        for record in board.outcomes
        if (record.cell.dataset, record.cell.generator, record.cell.metric) == place
        and short_signature(record.cell.signature) == entry.short
    ]
    return sorted(found, key=lambda record: record.cell.position)


def _means(board: Board, block: Block, column: Column) -> dict[tuple[str, bool], dict[str, float]]:
    """Return the mean over seeds of each part, by the generator and whether it is a control."""
    means = {}
    for row, entry in with_entries(block, column):
        seeds = [parts_in(record.extra) for record in _of_entry(board, row, entry)]
        names = dict.fromkeys(name for parts in seeds for name in parts)
        found = {name: fmean(parts[name] for parts in seeds if name in parts) for name in names}
        if found:
            means[one_line(label(row)), bool(row.control)] = found
    return means


def _panel(
    means: dict[tuple[str, bool], dict[str, float]], block: Block, column: Column
) -> tuple[Chart, str]:
    entry = block.entries[column]

    def loss(value: float) -> float:
        if entry.direction == "target" and entry.best is not None:
            return abs(value - entry.best)
        return -value if entry.direction == "higher" else value

    judged = [parts for (_, is_control), parts in means.items() if not is_control] or list(means.values())
    every = dict.fromkeys(name for parts in means.values() for name in parts)

    def badness(name: str) -> float:
        values = [parts[name] for parts in judged if name in parts]
        return fmean(map(loss, values)) if values else -math.inf

    names = sorted(every, key=lambda name: (-badness(name), name))[:_MOST_PARTS]
    losses = [loss(parts[name]) for parts in means.values() for name in names if name in parts]
    low, span = min(losses), (max(losses) - min(losses)) or 1.0
    cells = [
        {"part": one_line(name), "generator": generator, "value": number(parts[name], _DIGITS),
         "share": (loss(parts[name]) - low) / span}
        for (generator, _), parts in means.items()
        for name in names
        if name in parts
    ]  # fmt: skip
    note = f"the {len(names)} worst of {len(every)}" if len(every) > len(names) else ""
    beside, above = ("part", list(map(one_line, names))), ("generator", [name for name, _ in means])
    tips = ("part", "generator", "value")
    return shaded_map(cells, beside, above, "value", tips, is_square=False), note


def _facets(cells: list[dict[str, Any]], titles: Sequence[str], names: Sequence[str]) -> Chart:
    """Return maps side by side, in lines of as many as fit."""
    side = max(_SMALLEST, _NARROWEST / len(names), min(_LARGEST, WIDTH // 3 // len(names)))
    fitting = max(1, int((WIDTH + _BETWEEN) // (side * len(names) + _BETWEEN)))
    axis = {"type": "nominal", "sort": list(names), "axis": None}
    sign = {"domain": ["positive", "negative"], "range": [CELL, _AGAINST]}
    scale = {"domain": [0, 1], "range": [FAINT, 1]}
    return {
        "data": {"values": cells},
        "facet": {"field": "of", "type": "nominal", "sort": list(titles),
                  "header": {"title": None, "labelLimit": side * len(names), "labelColor": INK}},
        "columns": fitting,
        "spacing": _BETWEEN,
        "spec": {
            "width": {"step": side},
            "height": {"step": side},
            "view": {"stroke": GREY, "strokeWidth": 0.5},
            "mark": "rect",
            "encoding": {
                "x": axis | {"field": "part"},
                "y": axis | {"field": "other"},
                "color": {"field": "sign", "type": "nominal", "scale": sign, "legend": None},
                "opacity": {"field": "strength", "type": "quantitative", "scale": scale, "legend": None},
                "tooltip": tooltip("of", "part", "other", "dependence"),
            },
        },
    }  # fmt: skip
