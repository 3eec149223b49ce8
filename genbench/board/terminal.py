"""Boards and comparisons as tables in the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.box import Box
from rich.table import Table
from rich.text import Text

from genbench.board.cautions import board_cautions
from genbench.board.comparability import block_differences
from genbench.board.consoles import PipeConsole
from genbench.board.findings import failures, notes, rank_notes, run_lines, tally, warnings
from genbench.board.formatting import cell_text, head, label, number, p_text, panels, rank_text
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from genbench.board.blocks import Block, Column
    from genbench.board.decisions.comparison import Comparison
    from genbench.board.formatting import Panel
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry

__all__ = ["comparison_table", "open_console", "plain_text", "print_board"]

_PIPED_WIDTH = 100
_GAP = 3  # characters between two columns
_MOST_LINES = 12  # per kind of remark; leaderboard.md has them all

_ASCII = str.maketrans({"±": "+/-", "–": "-", "↓": "v", "↑": "^", "→": "->", "·": "-", "…": "..."})

RULES = Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")  # under the head and between sections


def open_console() -> Console:
    """Return a console on standard output: as wide as the terminal, or 100 columns without one."""
    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    return PipeConsole(width=None if fixed else _PIPED_WIDTH, highlight=False, markup=False, emoji=False)


def print_board(console: Console, board: Board) -> None:
    """Print the board: the tables of each dataset, then notes, differences, warnings and failures.

    The best of a column is bold green with a star, so that it shows without colour; a row of a CSV file and a
    control are dimmed and have no rank. Tables fit the width of the console.
    """
    for dataset in board.datasets:
        blocks = board.blocks(dataset)
        for block in blocks:
            for panel in _panels(console, block):
                title = plain_text(console, _title(block, panel, alone=len(blocks) == 1))
                console.print(_table(console, block, panel, title))
                console.print()
    on_ranks = [f"{dataset}: {line}" for dataset in board.datasets for line in _rank_notes(board, dataset)]
    _remarks(console, "run", run_lines(board), "cyan")
    _remarks(console, "note", [*on_ranks, *notes(board)], "cyan")
    _remarks(console, "not comparable", block_differences(board), "yellow")
    _remarks(console, "warning", [*board_cautions(board), *warnings(board)], "yellow")
    _remarks(console, "no value", [str(cells) for cells in failures(board)], "red")
    console.print(Text(plain_text(console, _closing(board))))


def comparison_table(console: Console, title: str, rows: Sequence[Comparison]) -> Table:
    """Return a table of comparisons on one dataset."""
    table = Table(
        title=Text(plain_text(console, title)),
        title_justify="left",
        box=RULES,
        show_edge=False,
        padding=(0, 2, 0, 0),
    )
    table.add_column("metric", no_wrap=True)
    for name in ("difference", "effect", "p", "seeds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict")
    for row in rows:
        style = "bold" if row.outcome == "better" else ""
        difference = _in_encoding(console, _difference(row.difference, row.high))
        effect = "" if row.effect is None else number(row.effect, 2)
        p = "" if row.p_corrected is None else p_text(row.p_corrected)
        verdict = Text(plain_text(console, row.verdict), style=style)
        table.add_row(Text(row.metric), difference, effect, p, str(row.seeds), verdict)
    return table


def plain_text(console: Console, text: str) -> str:
    """Return `text` on one line, in ASCII if the console's encoding allows only that."""
    return _in_encoding(console, one_line(text))


def _in_encoding(console: Console, text: str) -> str:
    return text.translate(_ASCII) if console.options.ascii_only else text


def _difference(mean: float | None, high: float | None) -> str:
    if mean is None:
        return ""
    return number(mean) + ("" if high is None else f" ± {number(high - mean, 2)}")


def _panels(console: Console, block: Block) -> list[Panel]:
    names = max(len("generator"), *(len(label(row)) for row in block.rows))
    ranks = max(len("rank"), *(len(rank_text(row)) for row in block.rows))
    room = console.width - names - ranks - 2 * _GAP
    return panels(block, room, lambda column: _GAP + len(_column(console, block, column)[0]))


def _table(console: Console, block: Block, panel: Panel, title: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=RULES, show_edge=False, padding=(0, 2, 0, 0))
    columns = [_column(console, block, column) for column in panel.columns]
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("generator", no_wrap=True)
    for top, *_ in columns:
        table.add_column(top, no_wrap=True)
    for line, row in enumerate(block.rows, 1):
        rank = Text(_in_encoding(console, rank_text(row)))
        cells = [column[line] for column in columns]
        ends = any(row is section[-1] for section in block.sections[:-1])
        table.add_row(rank, Text(label(row)), *cells, style=None if row.competes else "dim", end_section=ends)
    return table


def _title(block: Block, panel: Panel, *, alone: bool) -> str:
    first = block.rows[0]
    title = first.dataset + (f" on {panel.extractor}" if panel.extractor else "")
    if alone:
        return title
    return f"{title} · seeds {' '.join(map(str, first.seeds))}, n {' '.join(map(str, first.n))}"


def _column(console: Console, block: Block, column: Column) -> list[Text]:
    """Return the head and the cells of a column, all of one width; the best have a star behind them."""
    entries = [column.entry(row) for row in block.rows]
    texts = [_in_encoding(console, text) for text in (head(block, column), *map(cell_text, entries))]
    width = max(map(len, texts))
    is_ranked = block.entries[column].is_ranked
    marks = [(" *" if entry and entry.is_best else "  ") if is_ranked else "" for entry in entries]
    lines = [text.rjust(width) + mark for text, mark in zip(texts, [marks[0] and "  ", *marks], strict=True)]
    return [Text(line, style=style) for line, style in zip(lines, ["", *map(_style, entries)], strict=True)]


def _style(entry: Entry | None) -> str:
    if entry is None:
        return ""
    if entry.value is None:
        return "yellow" if entry.status == "skipped" else "red"
    return "bold green" if entry.is_best else ""


def _remarks(console: Console, kind: str, lines: list[str], style: str) -> None:
    for line in lines[:_MOST_LINES]:
        text = Text.assemble((f"{kind}: ", style), plain_text(console, line))
        console.print(text, soft_wrap=not console.is_terminal)  # whole lines in a file can be searched
    if len(lines) > _MOST_LINES:
        console.print(Text(f"{kind}: {len(lines) - _MOST_LINES} more in leaderboard.md", style=style))


def _rank_notes(board: Board, dataset: str) -> list[str]:
    """Return the notes on the ranks of a dataset's blocks, each once."""
    return list(dict.fromkeys(line for block in board.blocks(dataset) for line, _ in rank_notes(block)))


def _closing(board: Board) -> str:
    seeds = sorted({len(row.seeds) for row in board.rows} - {0, 1})  # with one seed, there is no interval
    counts = " to ".join(map(str, dict.fromkeys((*seeds[:1], *seeds[-1:]))))
    spread = f"mean ± half of the 95 % interval over {counts} seeds"
    parts = [tally(board), spread if seeds else "one seed, so no interval"]
    if any(row.rank_low is not None for row in board.rows):
        parts += ["rank 1–2: the seeds leave both possible", "* none is significantly better"]
    unranked = "controls" if all(row.is_verifiable for row in board.rows) else "unverified rows and controls"
    return "; ".join([*parts, f"{unranked} below the line"])
