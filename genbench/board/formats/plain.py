"""Boards as JSON-like values: what the tables show, and all that is said below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.cautions import board_cautions
from genbench.board.comparability import block_differences
from genbench.board.findings import failures, notes, rank_notes, warnings

if TYPE_CHECKING:
    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row

__all__ = ["board_values"]


def board_values(board: Board) -> dict[str, Any]:
    """Return a board as JSON-like values.

    title        name of the suite, or ""
    blocks       the tables: dataset, `ranked_over` (the columns of the overall rank), `notes`, columns and
                 rows. A column has an `id`, unique in its block, a metric with direction and best value, a
                 signature and seeds; a row has its entries by the ids of columns, and `is_verifiable` is
                 false for a row of a CSV file, which is not ranked
    runs         of merged runs, the folder of each by its name
    notes, cautions, differences, wrong_controls, failures  the lines below the tables
    """
    return {
        "title": board.title,
        "blocks": [
            {"dataset": dataset, **_block(block)}
            for dataset in board.datasets
            for block in board.blocks(dataset)
        ],
        "runs": dict(board.sources),
        "notes": notes(board),
        "cautions": board_cautions(board),
        "differences": block_differences(board),
        "wrong_controls": warnings(board),
        "failures": [str(cells) for cells in failures(board)],
    }


def _block(block: Block) -> dict[str, Any]:
    ids = {column: _id(block, column) for column in block.columns}
    return {
        "ranked_over": [ids[column] for column in block.shared],
        "notes": [line for line, _ in rank_notes(block)],
        "columns": [_column(block, column, ids[column]) for column in block.columns],
        "rows": [_row(row, ids) for row in block.rows],
    }


def _id(block: Block, column: Column) -> str:
    """Return the metric's id, with signature and group of shares where the block has several of it."""
    same = [other for other in block.columns if other.metric == column.metric]
    short = block.entries[column].short
    return column.metric if len(same) == 1 else f"{column.metric} {short} {column.share_group + 1}"


def _column(block: Block, column: Column, name: str) -> dict[str, Any]:
    entry = block.entries[column]
    return {
        "id": name,
        "metric": column.metric,
        "direction": entry.facts.direction,
        "best": entry.facts.best,
        "signature": entry.short,
        "seeds": list(column.seeds),
    }


def _row(row: Row, ids: dict[Column, str]) -> dict[str, Any]:
    entries = {name: column.entry(row) for column, name in ids.items()}
    return {
        "generator": row.generator,
        "plugin": row.plugin,
        "control": row.control,
        "seeds": list(row.seeds),
        "n": list(row.n),
        "rank": row.rank,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "deterministic": row.deterministic,
        "is_verifiable": row.is_verifiable,
        "entries": {name: _entry(entry) for name, entry in entries.items() if entry is not None},
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "status": entry.status,
        "value": entry.value,
        "low": entry.low,
        "high": entry.high,
        "values": list(entry.values),
        "rank": entry.rank,
        "rank_low": entry.rank_low,
        "rank_high": entry.rank_high,
        "is_best": entry.is_best,
        "valid_share": None if entry.valid_share is None else float(entry.valid_share),
    }
