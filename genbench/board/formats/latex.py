r"""Boards as LaTeX tables, for a paper: booktabs, the best in bold, ranges of ranks as subscripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.board.formatting import head, interval_text, label, number, panels, rank_text
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.board.blocks import Block, Column
    from genbench.board.formatting import Panel
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row

__all__ = ["board_latex", "latex_text"]

_HEAD = (
    r"% needs \usepackage{booktabs}; bold: no other generator is significantly better; subscript:",
    "% the ranks that the seeds leave possible; italics: controls",
)
_ROOM = 84  # characters of a line of metrics, which fit the width of a page
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip
_SIGNS = {"↓": r"$\downarrow$", "↑": r"$\uparrow$", "→": r"$\to$", "±": r"$\pm$", "–": "--"}
_REPLACED = re.compile("|".join(map(re.escape, _SPECIAL | _SIGNS)))


def board_latex(board: Board) -> str:
    r"""Return the tables of a board as LaTeX, which needs \usepackage{booktabs}."""
    lines = [*_HEAD]
    for dataset in board.datasets:
        for block in board.blocks(dataset):
            for panel in panels(block, _ROOM, lambda column: _width(block, column)):  # noqa: B023 - used at once
                lines += ["", *_table(block, panel)]
    return "\n".join(lines) + "\n"


def latex_text(text: str) -> str:
    """Return a text on one line, in which nothing is a command of LaTeX; arrows and signs become commands."""
    return _REPLACED.sub(lambda found: (_SPECIAL | _SIGNS)[found[0]], one_line(text))


def _width(block: Block, column: Column) -> int:
    texts = [head(block, column), *(_plain(column.entry(row)) for row in block.rows)]
    return 3 + max(map(len, texts))


def _plain(entry: Entry | None) -> str:
    return "" if entry is None or entry.value is None else f"{number(entry.value)} {interval_text(entry)}"


def _table(block: Block, panel: Panel) -> Iterator[str]:
    first = block.rows[0]
    title = first.dataset + (f" on {panel.extractor}" if panel.extractor else "")
    yield f"% {one_line(title)}, seeds {' '.join(map(str, first.seeds))}, n {' '.join(map(str, first.n))}"
    yield rf"\begin{{tabular}}{{rl{'r' * len(panel.columns)}}}"
    yield r"\toprule"
    yield _line(["rank", "generator", *(latex_text(head(block, column)) for column in panel.columns)])
    yield r"\midrule"
    for section in block.sections:
        if section is not block.sections[0]:
            yield r"\midrule"
        for row in section:
            cells = [_cell(column.entry(row)) for column in panel.columns]
            yield _line([latex_text(rank_text(row)), _name(row), *cells])
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _name(row: Row) -> str:
    name = latex_text(label(row))
    return rf"\textit{{{name}}}" if row.control else name


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return ""
    if entry.value is None:
        return latex_text(entry.status)
    value = latex_text(number(entry.value))
    if entry.is_best:
        value = rf"\textbf{{{value}}}"
    rest = latex_text(interval_text(entry))
    return f"{value} {rest}{_ranks(entry)}".strip()


def _ranks(entry: Entry) -> str:
    """Return the range of an entry's rank as a subscript, "" without one."""
    if entry.rank_low is None:
        return ""
    if entry.rank_low == entry.rank_high:
        return f"$_{{{entry.rank_low}}}$"
    return rf"$_{{{entry.rank_low}\mbox{{--}}{entry.rank_high}}}$"
