"""Tables in the terminal that shorten no cell, at any width."""

from __future__ import annotations

import copy
import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.box import Box
from rich.cells import cell_len, chop_cells
from rich.console import Group
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from genbench.core.names import join_names, parse_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult

__all__ = ["FittedTable", "Unpadded", "fit_metrics", "open_table"]

_RULES = Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")  # under the head and between sections
_WIDE, _NARROW = 2, 1  # blanks after a column, in addition to one of the table itself
_INDENT = 2  # blanks before the lines of a paragraph
_STEP = 4  # columns lose a fourth of the excess at a time: few steps, and small ones at the end
_LONGEST = 20  # characters of a part of a name that stays whole, such as "classification"
_DIVIDED_HEAD = 10  # lines that a divided word of the head is worth; another word is worth one

#: Words, which stay in one line if they can: also "[0.1, 0.2]", "(0.1 to 0.2)", and "fid ↓" with its arrow.
_WORD = re.compile(r"[\[(][-+–.,\deinfto ]+[\])]\S*|\S+( [↓↑](?!\S))?")
#: The beginning of a number, which is never divided: its parts would read as two numbers.
_NUMBER = re.compile(r"[\[(<]?[-+]?\.?\d")
#: The parts of a name that is longer than a line, such as "bayesian-" and "network", or "fid" and "[pixels]".
_PART = re.compile(r"\[?[^-/_:\[]+[-/_:]*|.[-/_:]*")

_Width = Literal["width", "word", "floor"]  # of a column, as in `_ColumnTexts`


def open_table(
    *columns: tuple[str, JustifyMethod], wrapped: Collection[str] = (), optional: Sequence[str] = (),
    shared: Collection[str] = (),
) -> FittedTable:  # fmt: skip
    """Return a table without edges, with rules under its head and between its sections.

    columns   names, and how they are justified
    wrapped   names of columns whose texts may go on in further lines
    optional  names of columns that go if the table is too wide, the first of them first
    shared    names of columns that then go, too, if all their cells are equal: a line above has the text
    """
    table = FittedTable(box=_RULES, show_edge=False, pad_edge=False, padding=(0, _WIDE, 0, 0))
    table.optional, table.shared = tuple(optional), tuple(shared)
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


class Unpadded:
    """A renderable of rich without the blanks at the ends of its lines."""

    def __init__(self, renderable: RenderableType) -> None:
        """Take the renderable."""
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the segments of each line, and its end."""
        for line in Segment.split_lines(console.render(self._renderable, options)):
            yield from _strip(line)
            yield Segment.line()


class FittedTable(Table):
    """A table of rich that fits the console and shortens no cell.

    It takes the first form that fits: with smaller gaps; without the columns of `optional`; without those of
    `shared` whose cells are equal; with texts in several lines, where names longer than `least` characters
    may be divided; or with a paragraph for each row, its first cell above a line for each further cell. Lines
    have no blanks at their end.
    """

    optional: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    least = 12  # characters of a name in one line, so that most parts of names stay whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the segments of the table, or of its paragraphs."""
        form = self._choose_form(options.max_width)
        widths = _fit_widths(form.read_texts(), options.max_width - form.measure_gaps())
        parts = self._list_paragraphs() if widths is None else [
            *self._describe_shared(form), _wrap_columns(form, widths)
        ]  # fmt: skip
        yield from console.render(Unpadded(Group(*parts)), options)

    def fits(self, console: Console) -> bool:
        """Return whether no text has to be wrapped, once the columns are gone that may go."""
        return self._change(_NARROW, [*self.optional, *self._list_equal()]).measure("width") <= console.width

    def fits_wrapped(self, console: Console) -> bool:
        """Return whether the table needs no paragraphs."""
        return self._choose_form(console.width).measure("floor") <= console.width

    def read_texts(self) -> list[_ColumnTexts]:
        """Return how long the texts of each column are."""
        return [_ColumnTexts.read(column, self.least) for column in self.columns]

    def measure(self, kind: _Width) -> int:
        """Return the characters of a line in which each column has a kind of width of its texts."""
        widths: list[int] = [getattr(texts, kind) for texts in self.read_texts()]
        return self.measure_gaps() + sum(widths)

    def measure_gaps(self) -> int:
        """Return the characters between all columns."""
        return (self.padding[1] + 1) * (len(self.columns) - 1)

    def _choose_form(self, width: int) -> FittedTable:
        """Return the widest form that needs no more characters, else the narrowest.

        Columns of `optional` go before a text is wrapped, those of `shared` before a word is divided.
        """
        gone, most = [*self.optional, *self._list_equal()], len(self.optional)
        forms: list[tuple[_Width, int, int]] = [
            ("width", _WIDE, 0),
            *(("width", _NARROW, number) for number in range(most + 1)),
            *(("word", _NARROW, number) for number in range(most, len(gone) + 1)),
            ("floor", _NARROW, len(gone)),
        ]
        for kind, gap, number in forms:
            form = self._change(gap, gone[:number])
            if form.measure(kind) <= width:
                return form
        return self._change(0, gone)

    def _list_equal(self) -> list[RenderableType]:
        """Return the heads of the columns of `shared` that have the same text in two or more rows."""
        shared = [column for column in self.columns if column.header in self.shared and self.row_count > 1]
        return [each.header for each in shared if len({_as_text(cell).plain for cell in each.cells}) == 1]

    def _change(self, gap: int, gone: Collection[RenderableType]) -> FittedTable:
        """Return the table with another gap and without some columns; both share the cells."""
        table = copy.copy(self)
        table.padding = (0, min(gap, self.padding[1]), 0, 0)
        table.columns = [column for column in self.columns if column.header not in gone]
        return table

    def _describe_shared(self, form: FittedTable) -> list[Text]:
        """Return a line with the texts of the columns that another form lacks since their cells are equal."""
        headers = [column.header for column in form.columns]
        gone = [each for each in self.columns if each.header in self.shared and each.header not in headers]
        texts = [f"{column.header}: {_as_text(next(iter(column.cells))).plain}" for column in gone]
        return [Text(", ".join(texts))] if texts else []

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


def _wrap_columns(table: FittedTable, widths: Sequence[int]) -> Table:
    """Return a table of rich with the texts of each column in lines of its width."""
    wrapped = Table(box=table.box, show_edge=False, pad_edge=False, padding=table.padding)
    wrapped.rows = table.rows
    wrapped.columns = [
        dataclasses.replace(
            column, _index=index, no_wrap=True, header=_wrap(_as_text(column.header), width),
            # names may be indented, as outputs are below their metric; values are aligned by blanks
            _cells=[_wrap(_as_text(cell), width, hangs=index == 0) for cell in column.cells],
        )
        for index, (column, width) in enumerate(zip(table.columns, widths, strict=True))
    ]  # fmt: skip
    return wrapped


@dataclass(frozen=True)
class _ColumnTexts:
    """How long the texts of a column are.

    cells   of each text, the head first, the longest line, the longest word, and the longest part of a word
    width   of the longest text
    word    the least width that divides no word
    floor   the least width
    """

    cells: list[tuple[int, int, int]]
    width: int
    word: int
    floor: int

    @classmethod
    def read(cls, column: Column, least: int) -> _ColumnTexts:
        """Return the texts of a column; without wrapping, only its head may take several lines.

        least  the least width for words that can be divided
        """
        texts = [_as_text(text).plain for text in (column.header, *column.cells)]
        words = [[each[0] for each in _WORD.finditer(text)] for text in texts]
        cells = [
            (max(map(cell_len, text.split("\n"))), max(map(cell_len, in_text), default=0),
             max((cell_len(part) for word in in_text for part in _divide(word)), default=0))
            for text, in_text in zip(texts, words, strict=True)
        ]  # fmt: skip
        width = max(length for length, _, _ in cells)
        if column.no_wrap:
            whole = max((length for length, _, _ in cells[1:]), default=0)
            return cls(cells, width, word=max(cells[0][1], whole), floor=max(cells[0][2], whole))
        floors = (_find_least_width(word, least) for in_text in words for word in in_text)
        return cls(cells, width, word=max(word for _, word, _ in cells), floor=max(floors, default=0))

    def count_lines(self, width: int) -> list[int]:
        """Return about how many lines each text takes."""
        return [max(-(-length // width), 1) for length, _, _ in self.cells]

    def count_divided(self, width: int) -> int:
        """Return how many words and parts of words are divided; one in the head counts as `_DIVIDED_HEAD`."""
        divided = [(word > width) + (part > width) for _, word, part in self.cells]
        return sum(divided) + (_DIVIDED_HEAD - 1) * divided[0]


def _fit_widths(columns: Sequence[_ColumnTexts], room: int) -> list[int] | None:
    """Return widths that take few lines and divide few words, in so many characters; None if none fit."""
    widths = [column.width for column in columns]
    lines = [column.count_lines(max(column.width, 1)) for column in columns]
    while (excess := sum(widths) - room) > 0:
        choices = []
        for index, column in enumerate(columns):
            narrower = max(widths[index] - max(excess // _STEP, 1), column.floor)
            if narrower < widths[index]:
                changed = column.count_lines(narrower)
                rows = zip(*lines[:index], changed, *lines[index + 1 :], strict=True)
                divided = column.count_divided(narrower) - column.count_divided(widths[index])
                choices.append((sum(map(max, rows)) + divided, -widths[index], index, narrower, changed))
        if not choices:
            return None
        _, _, index, widths[index], lines[index] = min(choices)
    return widths


def _divide(word: str) -> list[str]:
    """Return the parts of a word between which a line may end; a number is whole."""
    return [word] if _NUMBER.match(word) else _PART.findall(word)


def _find_least_width(word: str, least: int) -> int:
    """Return the least width of a column with a word; long parts of names, such as hashes, are divided."""
    longest = max(map(cell_len, _divide(word)))
    return longest if longest <= _LONGEST or _NUMBER.match(word) else least


def _wrap(text: Text, width: int, *, hangs: bool = False) -> Text:
    """Return a text in lines of a width; if it `hangs`, further lines are indented as the first one is."""
    lines = []
    for line in text.split("\n"):
        blanks = len(line.plain) - len(line.plain.lstrip()) if hangs else 0
        first, *others = line.divide(list(_list_breaks(line.plain, width - blanks, blanks)))
        lines += [first, *(Text(" " * blanks).append_text(other) for other in others)]
    for line in lines:
        line.rstrip()
    return Text("\n", style=text.style).join(lines)


def _list_breaks(text: str, room: int, begin: int) -> Iterator[int]:
    """Yield where a line has to end: before words, before parts of long words, and within long parts.

    room   for a line
    begin  of the first line: its indentation takes no room
    """
    for word in _WORD.finditer(text):
        end = word.start()
        for part in [word[0]] if cell_len(word[0]) <= room else _divide(word[0]):
            start, end = end, end + len(part)
            if cell_len(text[begin:end]) > room and text[begin:start].strip():
                begin = start
                yield begin
            while cell_len(text[begin:end]) > room:
                begin += max(len(chop_cells(text[begin:end], room)[0]), 1)
                yield begin


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
