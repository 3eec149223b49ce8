"""Tables in the terminal that shorten no cell, at any width."""

from __future__ import annotations

import copy
import dataclasses
import sys
from typing import TYPE_CHECKING

from rich.box import Box
from rich.console import Group
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from genbench.core.names import join_names, parse_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
    from rich.measure import Measurement

__all__ = ["FittedTable", "fit_metrics", "open_table"]

_RULES = Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")  # under the head and between sections
_WIDE, _NARROW = 2, 1  # blanks after a column, in addition to one of the table itself
_INDENT = 2  # blanks before the lines of a paragraph


def open_table(
    *columns: tuple[str, JustifyMethod], wrapped: Collection[str] = (), optional: Sequence[str] = ()
) -> FittedTable:
    """Return a table without edges, with rules under its head and between its sections.

    columns   names, and how they are justified
    wrapped   names of columns whose texts may go on in further lines
    optional  names of columns that go if the table is too wide, the first of them first
    """
    table = FittedTable(box=_RULES, show_edge=False, pad_edge=False, padding=(0, _WIDE, 0, 0))
    table.optional = tuple(optional)
    for name, justify in columns:
        table.add_column(name, justify=justify, no_wrap=name not in wrapped, overflow="fold")
    return table


def fit_metrics(
    console: Console, ids: Sequence[str], make: Callable[[Callable[[str], str]], FittedTable]
) -> list[RenderableType]:
    """Return a table of metrics, below a line that names their extractor if their whole ids do not fit.

    ids   of the metrics, such as "fid[pixels]"
    make  returns the table, given a function that returns the name of a metric in it
    """
    table = make(str)
    suffixes = {suffix for each in ids if (suffix := parse_id(each)[1])}
    if table.fits(console) or len(suffixes) != 1:
        return [table]
    names = dict.fromkeys(parse_id(each)[0] for each in ids if parse_id(each)[1])
    which = "all metrics" if all(parse_id(each)[1] for each in ids) else join_names(names, len(names))
    return [Text(f"on {suffixes.pop()}: {which}"), make(lambda each: parse_id(each)[0])]


class FittedTable(Table):
    """A table of rich that fits the console and shortens no cell.

    It takes the first form that fits: with smaller gaps; without the columns of `optional`; with columns
    wrapped to at least `least` characters each; or with a paragraph for each row, its first cell above a line
    for each further cell. Lines have no blanks at their end.
    """

    optional: tuple[str, ...] = ()
    least = 12  # characters of a wrapped column, so that most words stay whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the segments of the table, or of its paragraphs."""
        fitted = self._fit(console, options)
        drawn = Group(*self._list_paragraphs()) if fitted is None else _Drawn(fitted)
        for line in Segment.split_lines(console.render(drawn, options)):
            yield from _strip(line)
            yield Segment.line()

    def fits(self, console: Console) -> bool:
        """Return whether no text has to be wrapped, with the columns of `optional` or without."""
        return self._choose_columns(console, console.options)[1] <= console.width

    def _fit(self, console: Console, options: ConsoleOptions) -> FittedTable | None:
        """Return the table with as many columns as fit, or None if each row has to be a paragraph."""
        fitted, width = self._choose_columns(console, options)
        spare = sum(max(_measure(column) - self.least, 0) for column in fitted.columns if not column.no_wrap)
        return fitted if width - spare <= options.max_width else None

    def _choose_columns(self, console: Console, options: ConsoleOptions) -> tuple[FittedTable, int]:
        """Return the widest form that fits, else the narrowest, and its width without wrapping."""
        unbounded = options.update(max_width=sys.maxsize)
        forms = [(_WIDE, 0), *((_NARROW, number) for number in range(len(self.optional) + 1))]
        for gap, dropped in forms:
            fitted = self._change(gap, self.optional[:dropped])
            width = console.measure(_Drawn(fitted), options=unbounded).maximum
            if width <= options.max_width:
                break
        return fitted, width

    def _change(self, gap: int, dropped: Collection[str]) -> FittedTable:
        """Return the table with another gap and without some columns; both share the cells."""
        kept = [column for column in self.columns if column.header not in dropped]
        table = copy.copy(self)
        table.padding = (0, min(gap, self.padding[1]), 0, 0)
        table.columns = [dataclasses.replace(column, _index=index) for index, column in enumerate(kept)]
        return table

    def _list_paragraphs(self) -> Iterator[RenderableType]:
        """Yield for each row its first cell, then a grid of the other heads and cells, without empty ones."""
        _, *heads = (_as_text(column.header).plain.strip() for column in self.columns)
        for cells in zip(*(column.cells for column in self.columns), strict=True):
            first, *others = map(_as_text, cells)
            yield Text(first.plain.strip(), style="bold")
            grid = Table.grid(padding=(0, _WIDE, 0, 0))
            grid.add_column(no_wrap=True, min_width=max(map(len, heads), default=0) + _INDENT)
            grid.add_column(overflow="fold")
            for head, cell in zip(heads, others, strict=True):
                if text := cell.plain.strip():
                    grid.add_row(" " * _INDENT + head, Text(text, style=cell.style))
            yield grid


class _Drawn:
    """A table as rich draws it, which shortens or wraps cells of a table that is too wide."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what rich's own table does."""
        return Table.__rich_console__(self._table, console, options)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the least and the greatest width."""
        return Table.__rich_measure__(self._table, console, options)


def _measure(column: Column) -> int:
    """Return the characters of the longest line of a column, up to its own limit."""
    lines = (line for text in (column.header, *column.cells) for line in _as_text(text).split())
    width = max((line.cell_len for line in lines), default=0)
    return width if column.max_width is None else min(width, column.max_width)


def _as_text(cell: RenderableType | None) -> Text:
    """Return a cell, which is a str or a Text, as a Text."""
    return cell if isinstance(cell, Text) else Text(str(cell or ""))


def _strip(line: Iterable[Segment]) -> list[Segment]:
    """Return the segments of a line without the blanks at its end."""
    segments = list(line)
    while segments and not segments[-1].text.strip():
        segments.pop()
    if segments:
        last = segments[-1]
        segments[-1] = Segment(last.text.rstrip(), last.style)
    return segments
