r"""Boards as LaTeX tables, for a paper: booktabs, the best in bold, ranges of ranks as subscripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.board.numbers import format_number, interval_text
from genbench.board.rank_rules import describe_rule
from genbench.board.table_cells import BEST_MEANING
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.board.rows import Entry
    from genbench.board.table_cells import TableCell
    from genbench.board.view import Head, Line, Panel, Table, View

__all__ = ["board_latex", "latex_text"]

#: Comments of LaTeX at the beginning, which say what the tables need and how to read them.
_HEAD = (
    rf"% needs \usepackage{{booktabs}}; bold: {BEST_MEANING};",
    "% subscript: the ranks that the seeds leave possible; italics: controls",
)
_LINE_WIDTH = 84  # characters of a line of metrics, which fit the width of a page
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip
_SIGNS = {"↓": r"$\downarrow$", "↑": r"$\uparrow$", "→": r"$\to$", "±": r"$\pm$", "–": "--"}
_REPLACED = re.compile("|".join(map(re.escape, _SPECIAL | _SIGNS)))


def board_latex(view: View) -> str:
    r"""Return the tables of a board as LaTeX, which needs \usepackage{booktabs}.

    Above a table is its verdict, below it why generators in it are not ranked, and below all tables the
    warnings of the board.
    """
    lines = [*_HEAD, *(f"% {one_line(line)}" for line in describe_rule(view.rule))]
    for table in view.tables:
        lines += ["", rf"\noindent {latex_text(table.verdict)}\par"] if table.verdict else []
        for panel in table.panels(_LINE_WIDTH, {head.id: _count_width(table, head) for head in table.heads}):
            lines += ["", *_list_lines(table, panel)]
        lines += map(_format_note, table.unranked)
    lines += [_format_note(f"Not comparable: {line}") for line in view.differences]
    lines += [_format_note(f"Warning: {line}") for line in view.list_warnings()]
    return "\n".join(lines) + "\n"


def latex_text(text: str) -> str:
    """Return a text on one line, in which nothing is a command of LaTeX; arrows and signs become commands."""
    return _REPLACED.sub(lambda match: (_SPECIAL | _SIGNS)[match[0]], one_line(text))


def _format_note(line: str) -> str:
    """Return a line below a table, as a paragraph in small print."""
    return rf"\par{{\footnotesize {latex_text(line)}.\par}}"


def _count_width(table: Table, head: Head) -> int:
    """Return the width of a column on the page, in characters, with 3 for the space beside it."""
    return 3 + max(len(head.text), *(len(_format_plain(row.entry(head))) for row in table.rows))


def _format_plain(entry: Entry | None) -> str:
    """Return the number of an entry and its interval without the commands of LaTeX, "" without a value.

    Commands take no room on the page, so this is the text whose width counts.
    """
    if entry is None or entry.value is None:
        return ""
    return f"{format_number(entry.value)} {interval_text(entry)}"


def _list_lines(table: Table, panel: Panel) -> Iterator[str]:
    """Yield the lines of a LaTeX tabular with some columns of a table, and a note of data, seeds and n.

    panel  the columns, as many as fit beside one another
    """
    yield rf"\begin{{tabular}}{{{'r' * len(panel.ranks[:1])}l{'r' * len([*panel.ranks[1:], *panel.heads])}}}"
    yield r"\toprule"
    heads = [latex_text(head.text) for head in panel.heads]
    yield _join_cells([*panel.ranks[:1], "generator", *panel.ranks[1:], *heads])
    for section in table.sections:
        yield r"\midrule"
        for row in section:
            ranks = [latex_text(row.ranks[name]) for name in panel.ranks]
            cells = [_format_cell(row.cells[head.id]) for head in panel.heads]
            yield _join_cells([*ranks[:1], _format_name(row), *ranks[1:], *cells])
    yield r"\bottomrule"
    yield r"\end{tabular}"
    yield _format_note(f"{panel.format_title(table.dataset).replace(' ·', ',')}, {table.settings}")


def _join_cells(cells: list[str]) -> str:
    """Return cells as a line of a LaTeX tabular."""
    return " & ".join(cells) + r" \\"


def _format_name(row: Line) -> str:
    """Return the name of a row, in italics for a control."""
    name = latex_text(row.name)
    return rf"\textit{{{name}}}" if row.kind == "control" else name


def _format_cell(cell: TableCell) -> str:
    """Return a cell: its number, bold if it is best, its interval and the range of its rank.

    Without a value it is the status, and without an entry "".
    """
    entry = cell.entry
    if entry is None:
        return ""
    if entry.value is None:
        return latex_text(entry.status)
    value = latex_text(format_number(entry.value))
    if cell.is_best:
        value = rf"\textbf{{{value}}}"
    return f"{value} {latex_text(interval_text(entry))}{_format_rank_range(entry)}".strip()


def _format_rank_range(entry: Entry) -> str:
    """Return the range of an entry's rank as a subscript, such as 1--2; "" without one."""
    if entry.rank_low is None:
        return ""
    if entry.rank_low == entry.rank_high:
        return f"$_{{{entry.rank_low}}}$"
    return rf"$_{{{entry.rank_low}\mbox{{--}}{entry.rank_high}}}$"
