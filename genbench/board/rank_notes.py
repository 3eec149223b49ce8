"""Notes on the overall rank of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.findings import listed

if TYPE_CHECKING:
    from genbench.board.blocks import Block

__all__ = ["rank_notes"]

_MOST = 12  # names of metrics in one note


def rank_notes(block: Block) -> list[str]:
    """Return which metrics the overall rank of a block is over, unless all generators have all of them."""
    if not block.ranked or len(block.competitors) < 2:  # noqa: PLR2004 - a rank needs a competitor
        return []
    shared = sorted({column.metric for column in block.shared})
    if not shared:
        return ["no overall rank: there is no ranked metric that all generators have"]
    if len(block.shared) < len(block.ranked):
        return [f"rank is over {listed(shared, _MOST)}, the ranked metrics that all generators have"]
    return []
