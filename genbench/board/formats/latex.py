r"""Boards as LaTeX tables, for a paper: booktabs, the best in bold, ranges of ranks as subscripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.board.numbers import format_number, interval_text
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.board.rows import Entry
    from genbench.board.view import Head, Line, Panel, Table, View

__all__ = ["board_latex", "latex_text"]

#: Comments of LaTeX at the beginning, which say what the tables need and how to read them.
_HEAD = (
    r"% needs \usepackage{booktabs}; bold: no other generator is significantly better; subscript:",
    "% the ranks that the seeds leave possible; italics: controls",
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
    r"""Return the tables of a board as LaTeX, which needs \usepackage{booktabs}."""
    lines = [*_HEAD]
    for table in view.tables:
        for panel in table.panels(_LINE_WIDTH, {head.id: _count_width(table, head) for head in table.heads}):
            lines += ["", *_list_lines(table, panel)]
    return "\n".join(lines) + "\n"


def latex_text(text: str) -> str:
    """Return a text on one line, in which nothing is a command of LaTeX; arrows and signs become commands."""
    return _REPLACED.sub(lambda match: (_SPECIAL | _SIGNS)[match[0]], one_line(text))


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
    """Yield the lines of a LaTeX tabular with some columns of a table, after a comment with its title.

    panel  the columns, as many as fit beside one another
    """
    title = table.dataset + (f" on {panel.extractor}" if panel.extractor else "")
    yield f"% {one_line(title)}, {table.settings}"
    yield rf"\begin{{tabular}}{{rl{'r' * len(panel.heads)}}}"
    yield r"\toprule"
    yield _join_cells(["rank", "generator", *(latex_text(head.text) for head in panel.heads)])
    for section in table.sections:
        yield r"\midrule"
        for row in section:
            cells = [_format_cell(row.entry(head)) for head in panel.heads]
            yield _join_cells([latex_text(row.rank), _format_name(row), *cells])
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _join_cells(cells: list[str]) -> str:
    """Return cells as a line of a LaTeX tabular."""
    return " & ".join(cells) + r" \\"


def _format_name(row: Line) -> str:
    """Return the name of a row, in italics for a control."""
    name = latex_text(row.name)
    return rf"\textit{{{name}}}" if row.kind == "control" else name


def _format_cell(entry: Entry | None) -> str:
    """Return an entry as a cell: its number, bold if it is best, its interval and the range of its rank.

    Without a value it is the status, and without an entry "".
    """
    if entry is None:
        return ""
    if entry.value is None:
        return latex_text(entry.status)
    value = latex_text(format_number(entry.value))
    if entry.is_best:
        value = rf"\textbf{{{value}}}"
    interval = latex_text(interval_text(entry))
    return f"{value} {interval}{_format_rank_range(entry)}".strip()


def _format_rank_range(entry: Entry) -> str:
    """Return the range of an entry's rank as a subscript, such as 1--2; "" without one."""
    if entry.rank_low is None:
        return ""
    if entry.rank_low == entry.rank_high:
        return f"$_{{{entry.rank_low}}}$"
    return rf"$_{{{entry.rank_low}\mbox{{--}}{entry.rank_high}}}$"
