"""Maps: tables of shaded cells, such as that of pairwise wins, and those of the parts of samples."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.board.numbers import format_number
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.charts import theme
from genbench.report.charts.columns import features_note, find_columns, tables_on
from genbench.results.cells import short_signature
from genbench.results.extras import read_dependence, read_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.rows import Entry, Row
    from genbench.board.view import Head, Line, Table, View
    from genbench.report.charts.theme import Chart
    from genbench.results.extras import Dependence
    from genbench.results.records import Record

__all__ = ["PartMarks", "count_marks", "draw_cells", "make_dependence_map", "make_parts_map", "make_win_map"]

#: Opacity of a cell whose share is 0.
_FAINT = 0.06

_SIDE = 40  # pixels of a cell, where few names leave room for it
_GAP = 4  # pixels between the texts of two cells
_SLANTED, _UPRIGHT = -45, -90  # degrees of the names above the map
_BEATS = (
    "beats: has a better mean, be it significant or not; a tie counts for neither here, and half in the rank"
)
_MOST_PARTS, _MOST_PAIRED = 20, 10  # parts in a map of values, and of dependence
_DIGITS = 2  # of a number in a cell, which has no room for more
_BESIDE, _BETWEEN = 2, 16  # maps of dependence in a line, and pixels between them
_LARGEST = 24  # pixels of a cell of dependence
_LETTERS, _FIRST = 11, 6  # of a name beside a map of dependence, and of the beginning of a longer name
_NARROWEST = 84  # pixels of a map of dependence: the title "real samples" fits above it
_AGAINST = "#D55E00"  # colour of a negative dependence
_SCALE = [step / 4 for step in range(-4, 5)]  # values in the key of colours
_SCALE_CELL = 22, 12  # pixels of each of them


def draw_cells(
    cells: Sequence[dict[str, Any]], rows: tuple[str, Sequence[str]], columns: tuple[str, Sequence[str]],
    text: str, tips: Sequence[str], *, is_square: bool = True,
) -> Chart:  # fmt: skip
    """Return a map of cells, shaded by their field `share` in [0, 1].

    rows, columns  the field of a cell that names its row, or its column, and all these names in their order
    text           the field that each cell shows
    tips           the fields of its tooltip
    is_square      whether cells are as high as wide, else as high as a line
    """
    (row_field, row_names), (column_field, column_names) = rows, columns
    width = theme.measure_names(row_names)
    # a cell is as large as there is room for, up to _SIDE, and holds the longest text
    least = max(theme.LINE, theme.GLYPH * max(len(str(cell[text])) for cell in cells) + _GAP)
    side = max(least, min(_SIDE, (theme.WIDTH - width) // len(column_names)))
    # the names of columns are above the map. Pixels by which the last one, slanted from the middle of its
    # column, reaches beyond this column
    last_name = theme.GLYPH * len(theme.shorten_name(column_names[-1]))
    overhang = last_name * math.cos(math.radians(_SLANTED)) - side / 2
    # they are slanted if the last one then ends within the chart, else upright
    angle = _SLANTED if width + side * len(column_names) + overhang <= theme.WIDTH else _UPRIGHT
    x_axis = theme.make_names_axis() | {"title": None, "orient": "top", "labelAngle": angle}
    y_axis = theme.make_rows_axis(width)
    sides = {
        "x": {"type": "nominal", "sort": list(column_names), "field": column_field, "axis": x_axis},
        "y": {"type": "nominal", "sort": list(row_names), "field": row_field, "axis": y_axis},
    }
    scale = {"domain": [0, 1], "range": [_FAINT, 1]}
    shade = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    hover = {"tooltip": theme.tooltip(*tips)}
    return {
        "data": {"values": list(cells)},
        "width": {"step": side},
        "height": {"step": side if is_square else theme.LINE + _GAP},
        "layer": [
            {"mark": {"type": "rect", "color": theme.CELL}, "encoding": sides | {"opacity": shade} | hover},
            {"mark": {"type": "text"}, "encoding": sides | {"text": {"field": text}} | hover},
        ],
    }


def make_win_map(view: View, dataset: str) -> Chart | None:
    """Return the map of pairwise wins on a dataset, of rows over columns, in the metrics of the overall rank.

    A win is a better mean, be it significant or not; a tie counts for neither. A cell shows the wins, such
    as "2", if all pairs are compared in equally many metrics, else also this number: "2/3". Returns None if
    no two generators are ranked together. Raises SuiteError if the board has no such dataset.
    """
    ranked = [table for table in tables_on(view, dataset) if len(_ranked_lines(table)) > 1]
    if not ranked:
        return None
    maps = [_win_cells(table) for table in ranked]
    totals = {cell["of"] for cells in maps for cell in cells}
    has_one_total = len(totals) == 1
    metrics = f"of {min(totals)} metric{'' if totals == {1} else 's'}" if has_one_total else "metrics"
    panels = [_wins_panel(cells, "won" if has_one_total else "wins") for cells in maps]
    notes = [f"in how many {metrics} a row beats a column", _BEATS]
    return theme.stack(panels, "wins", *notes)


def _ranked_lines(table: Table) -> list[Line]:
    """Return the rows of a table that have a rank."""
    return [line for line in table.rows if line.row.rank is not None]


def _wins_panel(cells: list[dict[str, Any]], text: str) -> Chart:
    """Return the map of wins, which shows the field `text` of each cell.

    cells  the wins of each generator over each other one
    """
    names = list(dict.fromkeys(cell["generator"] for cell in cells))
    return draw_cells(cells, ("generator", names), ("against", names), text, ("generator", "against", "wins"))


def _win_cells(table: Table) -> list[dict[str, Any]]:
    """Return the wins of each ranked row of a table over each other one: a cell of the map for each pair."""
    rows = _ranked_lines(table)
    return [_win_cell(table, one, two) for one in rows for two in rows if one is not two]


def _win_cell(table: Table, one: Line, two: Line) -> dict[str, Any]:
    """Return the cell of row `one` and column `two`: in how many metrics `one` beats `two`.

    The field `of` is the number of metrics in which the two are compared: those of the overall rank in which
    both have a loss, a number that is lower where the metric is better, and infinite after a failure. `wins`
    is the text "won/of", and `share`, which shades the cell, is won / of.
    """
    pairs = [(one.entry(head), two.entry(head)) for head in table.heads if head.is_shared]
    losses = [(a.loss, b.loss) for a, b in pairs if a and b and a.loss is not None and b.loss is not None]
    won = sum(loss < other_loss for loss, other_loss in losses)  # the lower loss is better
    of = len(losses)
    names = {"generator": one.name, "against": two.name}
    return names | {"won": won, "of": of, "wins": f"{won}/{of}", "share": won / of if of else 0.0}


class PartMarks(NamedTuple):
    """The marks of the map of values and of that of dependence, 0 where there is none."""

    parts: int
    dependence: int


def count_marks(view: View, dataset: str, metric: str) -> PartMarks:
    """Return how many marks the maps of a metric on a dataset have at most, to limit the size of a page.

    A mark is a shape or a text. The maps show single parts of the data, such as the columns of a table: one
    shows the metric's value on each part, the others the dependence of each two parts.
    """
    records = [
        record
        for record in view.outcomes
        if record.status == "ok" and (record.cell.dataset, record.cell.metric) == (dataset, metric)
    ]
    generators = len({record.cell.generator for record in records})
    parts = max((len(read_parts(record.extra)) for record in records), default=0)
    dependences = filter(None, (read_dependence(record.extra) for record in records))
    paired = min(max((len(dependence.names) for dependence in dependences), default=0), _MOST_PAIRED)
    # a rectangle for each two parts, on the maps of generators and of real samples, and the key of colours
    pair_marks = (generators + 1) * paired**2 + len(_SCALE) if paired else 0
    # a rectangle and a text for the value of each part
    return PartMarks(parts=2 * generators * min(parts, _MOST_PARTS), dependence=pair_marks)


def make_parts_map(view: View, dataset: str, metric: str) -> Chart | None:
    """Return the map of a metric's values of single parts, the mean over seeds, for each generator.

    A part is what the metric measures apart, such as a column of a table. The map shows the parts in which
    the mean of competitors, or else of controls, is worst, the worst one first. The darker, the worse.
    Returns None if no record has such values. Raises SuiteError if the board has no such dataset or metric.
    """
    panels, notes = [], []
    for table, head in find_columns(view, dataset, metric):
        means = _mean_parts(view, table, head)
        if means:
            panel, note = _parts_panel(means, head)
            panels.append(panel)
            notes += [note] if note else []
    if not panels:
        return None
    # `head` is the last column; all columns of a metric have one direction
    meaning = f"the mean over seeds, {head.better}; darker is worse"
    return theme.stack(
        panels, _map_title("parts of", metric), meaning, *dict.fromkeys(notes), *features_note(metric)
    )


def make_dependence_map(view: View, dataset: str, metric: str) -> Chart | None:
    """Return maps of the dependence between parts: one of real samples, and one of each generator.

    Each shows the first seed whose record contains a dependence. Below the diagonal is the dependence; above
    it is, for a generator, the difference from the real samples. All maps have the same parts in the same
    order: those whose dependence differs most from the real samples, for competitors, or else for controls.
    Returns None if no record contains a dependence. Raises SuiteError if the board has no such dataset or
    metric.
    """
    (table, head), *_ = find_columns(view, dataset, metric)  # of several tables, the first one is shown
    rows = []
    for line, entry in table.column(head):
        recorded = (read_dependence(record.extra) for record in _find_entry_records(view, line.row, entry))
        dependence = next((value for value in recorded if value is not None), None)
        if dependence is not None:
            rows.append((line.name, bool(line.row.control), dependence))
    if not rows:
        return None
    *_, first = rows[0]  # the dependence of the first generator
    shared = [name for name in first.names if all(name in dependence.names for *_, dependence in rows)]
    # competitors decide which parts are shown; controls only where there are no competitors
    deciding = [dependence for _, is_control, dependence in rows if not is_control]
    names = _most_different(shared, deciding or [dependence for *_, dependence in rows])
    # the record of each generator contains the dependence in real samples, too; the first one is shown
    maps = [("real samples", _pair_cells(names, first, is_real=True))]
    maps += [(name, _pair_cells(names, dependence, is_real=False)) for name, _, dependence in rows]
    note = [f"the {len(names)} of {len(shared)} parts that differ most"] if len(shared) > len(names) else []
    meaning = "how much two parts depend on each other; above the diagonal its difference from real samples"
    return theme.frame(
        _arrange_maps(maps, list(map(one_line, names))), _map_title("dependence in", metric), meaning, *note
    )


def _most_different(names: Sequence[str], dependences: Sequence[Dependence]) -> list[str]:
    """Return ten of the parts: those whose dependence on others differs most from that in real samples.

    names  of the parts; the chosen ones stay in this order. If there are at most ten, all are returned
    """

    def difference(name: str) -> float:
        """Return the mean gap between fakes and real samples in the dependence of a part on the others."""
        pairs = (_pair_dependence(dependence, name, other) for dependence in dependences for other in names)
        gaps = [abs(fake - real) for real, fake in pairs if real is not None and fake is not None]
        return fmean(gaps) if gaps else 0.0

    chosen = sorted(names, key=difference, reverse=True)[:_MOST_PAIRED]
    return [name for name in names if name in chosen]


def _pair_dependence(dependence: Dependence, one: str, other: str) -> tuple[float | None, float | None]:
    """Return the dependence of two parts in real samples, and in fakes; None where it is not known."""
    row, column = dependence.names.index(one), dependence.names.index(other)
    return dependence.real[row][column], dependence.fake[row][column]


def _pair_cells(names: Sequence[str], dependence: Dependence, *, is_real: bool) -> list[dict[str, Any]]:
    """Return the cells of a map: values below the diagonal, differences from real samples above it.

    The map of real samples has the values on both sides. A value that is not known has no cell.
    """
    cells = []
    for row, one in enumerate(names):
        for column, other in enumerate(names):
            real, fake = _pair_dependence(dependence, one, other)
            value = real if is_real else fake
            if row == column or value is None:
                continue
            dependence_text = format_number(value, _DIGITS)
            cell = {"part": one_line(other), "other": one_line(one), "dependence": dependence_text}
            gap = None if is_real or real is None else value - real
            if gap is not None:
                cell["difference"] = format_number(gap, _DIGITS)
            shade = value if is_real or row > column else gap  # row > column: below the diagonal
            if shade is not None:
                cells.append(cell | _shade_fields(shade))
    return cells


def _shade_fields(value: float) -> dict[str, Any]:
    """Return the fields of a cell that decide its colour: strength in [0, 1] and sign.

    value  in [-1, 1]; a difference may be beyond, and is as strong as one of 1
    """
    return {"strength": min(1.0, abs(value)), "sign": "negative" if value < 0 else "positive"}


def _map_title(what: str, metric: str) -> str:
    """Return the title of the map of a metric: `what`, and the metric's id without its extractor."""
    return one_line(f"{what} {parse_id(metric)[0]}")


def _find_entry_records(view: View, row: Row, entry: Entry) -> list[Record]:
    """Return the records behind an entry, a mean over seeds on the board, in the order of their seeds."""
    position = row.dataset, row.generator, entry.metric
    records = [
        record
        for record in view.outcomes
        if (record.cell.dataset, record.cell.generator, record.cell.metric) == position
        and short_signature(record.cell.signature) == entry.short_signature
    ]
    return sorted(records, key=lambda record: record.cell.position)


def _mean_parts(view: View, table: Table, head: Head) -> dict[tuple[str, bool], dict[str, float]]:
    """Return a metric's mean over seeds on each part of the data, by (generator, whether it is a control).

    A part is what the metric measures apart, such as a column of a table. Generators without values of parts
    are left out.
    """
    means = {}
    for line, entry in table.column(head):
        values_of_seeds = [read_parts(record.extra) for record in _find_entry_records(view, line.row, entry)]
        parts = dict.fromkeys(part for values in values_of_seeds for part in values)
        mean_by_part = {
            part: fmean(values[part] for values in values_of_seeds if part in values) for part in parts
        }
        if mean_by_part:
            means[line.name, bool(line.row.control)] = mean_by_part
    return means


def _parts_panel(means: dict[tuple[str, bool], dict[str, float]], head: Head) -> tuple[Chart, str]:
    """Return the map of the worst parts, and the note that parts are left out, or "".

    means  the mean on each part, such as a column of a table, by (generator, whether it is a control)
    """
    facts = head.facts

    def loss(value: float) -> float:
        """Return a value as a number that is lower where the metric is better."""
        if facts.target is not None:
            return abs(value - facts.target)
        return -value if facts.direction == "higher" else value

    # competitors decide which parts are the worst; controls only where there are no competitors
    deciding = [parts for (_, is_control), parts in means.items() if not is_control] or list(means.values())
    all_parts = dict.fromkeys(name for parts in means.values() for name in parts)

    def mean_loss(name: str) -> float:
        """Return the mean loss of a part over competitors, or else controls; -inf if none of them has it."""
        values = [parts[name] for parts in deciding if name in parts]
        return fmean(map(loss, values)) if values else -math.inf

    names = sorted(all_parts, key=lambda name: (-mean_loss(name), name))[:_MOST_PARTS]
    losses = [loss(parts[name]) for parts in means.values() for name in names if name in parts]
    # the share of a cell, its shade, is 0 at the lowest loss and 1 at the highest, and 0 if all are equal
    low = min(losses)
    span = (max(losses) - low) or 1.0
    cells = [
        {"part": one_line(name), "generator": generator, "value": format_number(parts[name], _DIGITS),
         "share": (loss(parts[name]) - low) / span}
        for (generator, _), parts in means.items()
        for name in names
        if name in parts
    ]  # fmt: skip
    note = f"the {len(names)} worst of {len(all_parts)}" if len(all_parts) > len(names) else ""
    rows, columns = ("part", list(map(one_line, names))), ("generator", [name for name, _ in means])
    return draw_cells(cells, rows, columns, "value", ("part", "generator", "value"), is_square=False), note


def _arrange_maps(maps: Sequence[tuple[str, list[dict[str, Any]]]], names: Sequence[str]) -> Chart:
    """Return the key of colours above maps, two in a line; those at the left and at the top name the parts.

    maps   title and cells of each
    names  of the parts, in their order
    """
    letters = min(_LETTERS, max(map(len, names)))
    # pixels of each map of a line, without the names at the left and the gaps between maps
    room = (theme.WIDTH - theme.GLYPH * letters - (_BESIDE - 1) * _BETWEEN) / _BESIDE
    # pixels of a cell: as many as fit, at most _LARGEST, but enough that the title fits above the map
    side = max(_NARROWEST / len(names), min(_LARGEST, room / len(names)))
    panels = []
    for position, (title, cells) in enumerate(maps):
        x = _parts_axis(names, side, "top" if position < _BESIDE else "")
        y = _parts_axis(names, side, "left" if position % _BESIDE == 0 else "")
        encoding = {"x": {"field": "part"} | x, "y": {"field": "other"} | y}
        tips = [  # only generators have a difference from real samples
            name for name in ("part", "other", "dependence", "difference") if any(name in c for c in cells)
        ]
        panels.append({
            "title": {"text": theme.shorten_name(title), "fontSize": theme.SIZE, "offset": 4,
                      "anchor": "middle", "frame": "group"},
            "data": {"values": cells},
            "width": {"step": side},
            "height": {"step": side},
            "view": {"stroke": theme.GREY, "strokeWidth": 0.5},
            "mark": "rect",
            "encoding": encoding | _colour_channels() | {"tooltip": theme.tooltip(*tips)},
        })  # fmt: skip
    grid = {"concat": panels, "columns": _BESIDE, "spacing": _BETWEEN}
    return {"vconcat": [_colour_key(), grid], "spacing": _BETWEEN}


def _parts_axis(names: Sequence[str], side: float, orient: str) -> Chart:
    """Return the channel of parts, with their names at `orient`: "top" or "left", or "" for no names.

    side  pixels of a cell

    A long name is shortened to its beginning and its end.
    """
    text = "datum.label"
    # the end has as many letters as the beginning and the … leave
    short = f"slice({text}, 0, {_FIRST}) + '…' + slice({text}, {_FIRST + 1 - _LETTERS})"
    axis = {
        "title": None, "ticks": False, "domain": False, "orient": orient,
        "labelAngle": -90 if orient == "top" else 0,
        "labelFontSize": min(theme.SIZE, round(side)), "labelPadding": 2, "labelOverlap": False,
        "labelExpr": f"length({text}) <= {_LETTERS} ? {text} : {short}",
    }  # fmt: skip
    return {
        "type": "nominal", "sort": list(names), "scale": {"domain": list(names)},
        "axis": axis if orient else None,
    }  # fmt: skip


def _colour_channels() -> Chart:
    """Return the colour and opacity channels of a cell: blue for positive values, orange for negative ones.

    They read the fields of `_shade_fields`.
    """
    sign = {"domain": ["positive", "negative"], "range": [theme.CELL, _AGAINST]}
    scale = {"domain": [0, 1], "range": [_FAINT, 1]}
    return {
        "color": {"field": "sign", "type": "nominal", "scale": sign, "legend": None},
        "opacity": {"field": "strength", "type": "quantitative", "scale": scale, "legend": None},
    }


def _colour_key() -> Chart:
    """Return the key of the colours: a row of cells from -1 to 1 with their values."""
    width, height = _SCALE_CELL
    # every second value has a label
    axis = {"title": None, "ticks": False, "domain": False, "labelAngle": 0,
            "labelExpr": "datum.value % 0.5 == 0 ? datum.label : ''"}  # fmt: skip
    return {
        "data": {"values": [{"value": value} | _shade_fields(value) for value in _SCALE]},
        "width": {"step": width},
        "height": height,
        "mark": "rect",
        "encoding": {"x": {"field": "value", "type": "ordinal", "axis": axis}} | _colour_channels(),
    }
