"""Notes on the ranks of a block: the metrics behind the overall rank, and where no range is possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.findings import listed
from genbench.board.inference.rank_ranges import LEAST_RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.board.blocks import Block

__all__ = ["rank_notes"]

_MOST = 12  # names of metrics in one note


def rank_notes(block: Block) -> list[str]:
    """Return what a reader has to know about the ranks of a block, one line a note."""
    return list(_notes(block))


def _notes(block: Block) -> Iterator[str]:
    competitors = block.competitors
    if not block.ranked or len(competitors) < 2:  # noqa: PLR2004 - a rank needs a competitor
        return
    if max(len(row.seeds) for row in competitors) < LEAST_RUNS:
        yield f"ranks have no ranges, and nothing is marked as best: both need {LEAST_RUNS} seeds"
    shared = sorted({column.metric for column in block.shared})
    if not shared:
        yield "no overall rank: there is no ranked metric that all generators have"
    elif len(block.shared) < len(block.ranked):
        yield f"rank is over {listed(shared, _MOST)}, the ranked metrics that all generators have"
    same = [row.generator for row in competitors if row.same_samples]
    if same:
        verb = "gives" if len(same) == 1 else "give"
        yield f"{listed(same, _MOST)} {verb} the same samples at all seeds, so no range of ranks"
