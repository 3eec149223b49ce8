"""Boards and comparisons as tables in the terminal."""

from __future__ import annotations

import errno
import functools
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console, Group, RenderHook
from rich.control import Control
from rich.text import Text

from genbench.board.fitted_table import FittedTable, Unpadded, fit_metrics, open_table
from genbench.board.numbers import format_number, p_text
from genbench.board.rank_rules import describe_rule
from genbench.board.table_cells import BEST_MEANING
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import ConsoleRenderable, JustifyMethod, RenderableType

    from genbench.board.decisions.comparison import Comparison
    from genbench.board.table_cells import TableCell
    from genbench.board.view import Head, Panel, Table, View

__all__ = [
    "PipeConsole", "comparison_view", "open_console", "open_stderr", "plain_text",
    "print_board", "print_line", "print_lines",
]  # fmt: skip

_PIPED_WIDTH = 100  # characters of a line in a file or a pipe, which have no width of their own
_GAP = 3  # characters between two columns
_NO_INTERVAL = "one seed, so no interval"
_MOST_LINES = 12  # of each kind; leaderboard.md has them all

_ASCII = str.maketrans({"±": "+/-", "–": "-", "↓": "v", "↑": "^", "→": "->", "·": "-", "…": "..."})


class PipeConsole(Console):
    """A console that prints no blanks at the ends of lines, and raises BrokenPipeError once.

    Rich's own console fills lines with blanks, and ends the program with exit code 1 if a pipe is closed.
    """

    def __init__(self, **settings: Any) -> None:
        """Take the settings of rich's console; texts have no markup and no colours of their own."""
        # rich would read the brackets of an id such as fid[inception] as markup, and colour numbers in texts
        super().__init__(highlight=False, markup=False, emoji=False, **settings)
        self.push_render_hook(_Unpadding())

    def on_broken_pipe(self) -> NoReturn:
        """Raise BrokenPipeError in place of an exit; rich calls this method when a pipe is closed."""
        self.quiet = True  # later prints do nothing, so the error is raised once
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class _Unpadding(RenderHook):
    """Removes blanks from the ends of all printed lines."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Return what is printed without blanks at the ends of lines; control codes stay as they are."""
        return [each if isinstance(each, Control) else Unpadded(each) for each in renderables]


def open_console() -> Console:
    """Return a console on standard output: as wide as the terminal, or 100 columns without one."""
    has_width = sys.stdout.isatty() or "COLUMNS" in os.environ
    return PipeConsole(width=None if has_width else _PIPED_WIDTH)


def open_stderr(*, quiet: bool = False) -> PipeConsole:
    """Return a console on standard error; a quiet one prints nothing."""
    return PipeConsole(stderr=True, quiet=quiet)


def print_board(console: Console, view: View) -> None:
    """Print a board: the verdict and the table of each dataset, then lines such as notes and warnings.

    The best of a column is bold green, with a star for a terminal without colours. Controls, and rows from
    CSV files, are dimmed and have no rank. A table that is too wide for the console is printed in panels,
    each with some of its columns.
    """
    for table in view.tables:
        texts = {head.id: _aligned_column(console, table, head) for head in table.heads}
        name_width = max(len("generator"), *(len(row.name) for row in table.rows))
        rank_width = table.measure_ranks(table.rank_names)
        if table.verdict:
            print_line(console, Text(plain_text(console, f"{table.dataset}: {table.verdict}"), style="bold"))
            console.print()
        room = console.width - name_width - rank_width - 2 * _GAP  # for the columns of metrics
        # all texts of a column are as wide as its head, which is the first of them
        widths = {name: _GAP + len(column[0]) for name, column in texts.items()}
        for panel in table.panels(room, widths):
            title = panel.format_title(table.dataset)
            # if a dataset has several tables, each title has the seeds and n of its rows
            title = title if len(view.find_tables(table.dataset)) == 1 else f"{title} · {table.settings}"
            # as a title of rich's table, it would be wrapped at the width of the table
            console.print(Text(plain_text(console, title), style="table.title"))
            console.print(_panel_table(console, table, panel, texts))
            console.print()
    rank_lines = (f"{table.dataset}: {note.text}" for table in view.tables for note in table.notes)
    for kind, lines, style in (
        ("run", view.runs, "cyan"),
        # two tables of a dataset may have equal notes: each is printed once
        ("note", [*dict.fromkeys(rank_lines), *view.notes], "cyan"),
        ("not comparable", view.differences, "yellow"),
        ("warning", view.list_warnings(), "yellow"),
        ("no value", list(map(str, view.failures)), "red"),
    ):
        print_lines(console, kind, lines, style, most=_MOST_LINES, rest=" in leaderboard.md")
    console.print(Text(plain_text(console, _closing_line(view))))
    if any(line.row.rank is not None for table in view.tables for line in table.rows):
        for sentence in describe_rule(view.rule):
            console.print(Text(plain_text(console, sentence)))


def comparison_view(console: Console, title: str, rows: Sequence[Comparison]) -> RenderableType:
    """Return a table of comparisons on one dataset, each in a row, with a title.

    Its p-values are corrected for the number of metrics.
    """
    make = functools.partial(_make_comparisons, console, rows)
    tables = fit_metrics(console, [row.metric for row in rows], make)
    return Group(Text(plain_text(console, title), style="table.title"), *tables)


def _make_comparisons(
    console: Console, rows: Sequence[Comparison], name_metric: Callable[[str], str]
) -> FittedTable:
    """Return the table of comparisons, given a function that returns the name of a metric in it."""
    table = open_table(
        ("metric", "left"), ("difference", "right"), ("effect", "right"), ("p", "right"), ("seeds", "right"),
        ("verdict", "left"), wrapped=["metric", "verdict"], shared=["seeds"],
    )  # fmt: skip
    for row in rows:
        style = "bold" if row.outcome == "better" else ""
        difference = _translate_to_encoding(console, _difference_text(row.difference, row.high))
        effect = "" if row.effect is None else format_number(row.effect, 2)
        p = "" if row.p_corrected is None else p_text(row.p_corrected)
        verdict = Text(plain_text(console, row.verdict), style=style)
        table.add_row(Text(name_metric(row.metric)), difference, effect, p, str(row.seeds), verdict)
    return table


def plain_text(console: Console, text: str) -> str:
    """Return `text` on one line, in ASCII if the console's encoding allows only that."""
    return _translate_to_encoding(console, one_line(text))


def _translate_to_encoding(console: Console, text: str) -> str:
    """Return `text` with signs such as ± spelled in ASCII if the console's encoding needs that."""
    return text.translate(_ASCII) if console.options.ascii_only else text


def _difference_text(mean: float | None, high: float | None) -> str:
    """Return a mean with half of its interval, as "0.12 ± 0.03"; "" without a mean.

    high  the upper end of the interval, None without one
    """
    if mean is None:
        return ""
    return format_number(mean) + ("" if high is None else f" ± {format_number(high - mean, 2)}")


def _panel_table(
    console: Console, table: Table, panel: Panel, texts: Mapping[str, list[Text]]
) -> FittedTable:
    """Return a printable table of ranks, generators and some of the metrics' columns.

    table  the board's table, which has the rows
    panel  the columns
    texts  of each metric's column, as `_aligned_column` returns them: the head first, then its cells
    """
    names: list[tuple[str, JustifyMethod]] = [(name, "right") for name in panel.ranks]
    printed = open_table(*names[:1], ("generator", "left"), *names[1:], wrapped=["generator"])
    columns = [texts[head.id] for head in panel.heads]
    for column in columns:
        printed.add_column(column[0], no_wrap=True)
    # a rule is drawn below these rows; they are found by identity, as == would compare all numbers of a row
    section_ends = [section[-1] for section in table.sections[:-1]]
    for index, row in enumerate(table.rows, 1):  # from 1 on, since a column begins with its head
        ranks = [Text(_translate_to_encoding(console, row.ranks[name])) for name in panel.ranks]
        style = None if row.row.competes else "dim"
        cells = [column[index] for column in columns]
        printed.add_row(
            *ranks[:1], Text(row.name), *ranks[1:], *cells,
            style=style, end_section=any(row is end for end in section_ends),
        )  # fmt: skip
    return printed


def _aligned_column(console: Console, table: Table, head: Head) -> list[Text]:
    """Return the head of a column and then its cells, all of one width.

    If the metric ranks generators, the cells of the best end with a star, and all other texts with two blanks
    instead.
    """
    cells = [row.cells[head.id] for row in table.rows]
    texts = [_translate_to_encoding(console, text) for text in (head.text, *(cell.plain for cell in cells))]
    width = max(map(len, texts))
    no_star, star = ("  ", " *") if head.facts.is_ranked else ("", "")
    ends = [star if cell.is_best else no_star for cell in cells]
    lines = [text.rjust(width) + end for text, end in zip(texts, [no_star, *ends], strict=True)]
    styles = ["", *map(_cell_style, cells)]  # the head has no style
    return [Text(line, style=style) for line, style in zip(lines, styles, strict=True)]


def _cell_style(cell: TableCell) -> str:
    """Return the style of a cell: green for the best, yellow if skipped, red for other failures, else ""."""
    entry = cell.entry
    if entry is None:
        return ""
    if entry.value is None:
        return "yellow" if entry.status == "skipped" else "red"
    return "bold green" if cell.is_best else ""


def print_lines(
    console: Console, kind: str, lines: Sequence[str], style: str, *, most: int | None = None, rest: str = ""
) -> None:
    """Print the first lines of a kind, such as "warning", and how many more there are.

    most  how many to print; None: all
    rest  where the others are, after their number
    """
    for line in lines[:most]:
        print_line(console, Text.assemble((f"{kind}: ", style), plain_text(console, line)))
    if left := len(lines) - len(lines[:most]):
        console.print(Text(f"{kind}: {left} more{rest}", style=style))


def print_line(console: Console, text: Text) -> None:
    """Print a text, which in a file or a pipe is not wrapped, so that a search finds whole messages."""
    console.print(text, soft_wrap=not console.is_terminal)


def _closing_line(view: View) -> str:
    """Return the last line below a board: how many cells have which status, and what the signs mean."""
    lines = [line for table in view.tables for line in table.rows]
    rows = [line.row for line in lines]
    seed_counts = {len(row.seeds) for row in rows} - {0, 1}  # no interval with one seed, or without any
    ends = sorted({min(seed_counts), max(seed_counts)}) if seed_counts else []  # one number if they are equal
    spread = f"mean ± half of the 95 % interval over {' to '.join(map(str, ends))} seeds"  # "3 to 5", or "3"
    if not seed_counts:
        has_interval = any(cell.interval for line in lines for cell in line.cells.values())
        spread = "one seed; ± half of the metric's own 95 % interval" if has_interval else _NO_INTERVAL
    parts = [view.tally, spread]
    if any(row.rank_low != row.rank_high for row in rows):
        parts.append("rank 1 (1–2): the seeds leave 1 and 2 possible")
    if any(cell.is_best for line in lines for cell in line.cells.values()):
        parts.append(f"* {BEST_MEANING}")
    # a row of a CSV file cannot be verified, since it has no records
    unranked = "controls" if all(row.is_verifiable for row in rows) else "unverified rows and controls"
    return "; ".join([*parts, f"{unranked} below the line"])
