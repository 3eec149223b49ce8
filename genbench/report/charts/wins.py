"""The map of pairwise wins: in how many metrics a generator has a better mean than another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.formatting import label
from genbench.core.escaping import one_line
from genbench.report.charts.columns import blocks_in
from genbench.report.charts.maps import shaded_map
from genbench.report.charts.theme import Chart, panelled

if TYPE_CHECKING:
    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row

__all__ = ["win_map"]

_BEATS = (
    "beats: has a better mean, be it significant or not; a tie counts for neither here, and half in the rank"
)


def win_map(board: Board, dataset: str) -> Chart | None:
    """Return the map of pairwise wins on a dataset, of rows over columns, in the metrics of the overall rank.

    A win is a better mean, be it significant or not; a tie counts for neither. A cell has the wins alone if
    all pairs are compared in equally many metrics. Returns None if no two generators are ranked together.
    Raises SuiteError if the board has no such dataset.
    """
    ranked = [block for block in blocks_in(board, dataset) if len(_ranked(block)) > 1]
    if not ranked:
        return None
    maps = [_cells(block) for block in ranked]
    totals = {cell["of"] for cells in maps for cell in cells}
    count = f"{min(totals)} metric{'' if totals == {1} else 's'}" if len(totals) == 1 else ""
    note = (
        f"in how many of {count} a row beats a column"
        if count
        else "in how many metrics a row beats a column"
    )
    panels = [_panel(cells, "won" if count else "wins") for cells in maps]
    return panelled(panels, "wins", note, _BEATS)


def _ranked(block: Block) -> list[Row]:
    return [row for row in block.rows if row.rank is not None]


def _panel(cells: list[dict[str, Any]], text: str) -> Chart:
    """Return the map of cells with the field `text` in each."""
    names = list(dict.fromkeys(cell["generator"] for cell in cells))
    return shaded_map(cells, ("generator", names), ("against", names), text, ("generator", "against", "wins"))


def _cells(block: Block) -> list[dict[str, Any]]:
    rows = _ranked(block)
    return [_cell(block, one, two) for one in rows for two in rows if one is not two]


def _cell(block: Block, one: Row, two: Row) -> dict[str, Any]:
    """Return how often a row beats another one, in the metrics of the overall rank where both have a loss."""
    pairs = [(column.entry(one), column.entry(two)) for column in block.shared]
    losses = [(a.loss, b.loss) for a, b in pairs if a and b and a.loss is not None and b.loss is not None]
    won, of = sum(own < other for own, other in losses), len(losses)
    names = {"generator": one_line(label(one)), "against": one_line(label(two))}
    return names | {"won": won, "of": of, "wins": f"{won}/{of}", "share": won / of if of else 0.0}
