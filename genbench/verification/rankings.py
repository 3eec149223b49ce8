"""Comparison of a board's ranks with those of the recomputed records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.leaderboard import build_board

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.board.rows import Entry, Row
    from genbench.results.records import Plan, Record

__all__ = ["rank_differences"]


def rank_differences(
    plan: Plan, records: Mapping[str, Record], recomputed: Mapping[str, Record]
) -> list[str]:
    """Return a line for each row that has other ranks or ranges of ranks with the recomputed records.

    recomputed  records by key; each replaces the one of `records` with the same key

    Values that differ within tolerance count as confirmed, but may change a rank, so ranks are compared, too.
    So is whether the seeds of a competitor share samples. It decides ranges, and old records do not show it,
    so a recomputation may find samples that the board of the run did not know to be shared.
    """
    recorded_rows = build_board(plan, records).rows
    recomputed_rows = build_board(plan, {**records, **recomputed}).rows
    return [
        f"ranks: {row.dataset} {row.generator}: {'; '.join(changes)}"
        for row, other in zip(recorded_rows, recomputed_rows, strict=True)
        if (changes := _describe_changes(row, other))
    ]


def _describe_changes(row: Row, other: Row) -> list[str]:
    """Return a text for each rank of a row, overall or in a metric, that differs in the row `other`.

    other  the same row with recomputed records

    For a competitor, whether its seeds share samples is compared, too, since ranges of ranks depend on it.
    """
    pairs = {"overall": (_describe_rank(row), _describe_rank(other))}
    for metric, entry in row.entries.items():
        pairs[metric] = _describe_rank(entry), _describe_rank(other.entries[metric])
    if not row.control:
        pairs["seeds"] = (_describe_seeds(row), _describe_seeds(other))
    return [
        f"{name} {first} in the records, {second} here"
        for name, (first, second) in pairs.items()
        if first != second
    ]


def _describe_seeds(row: Row) -> str:
    """Return whether the seeds of a generator share samples, in words."""
    return "share samples" if row.same_samples else "do not share samples"


def _describe_rank(ranked: Row | Entry) -> str:
    """Return a rank with its range: "1 (1–2)", "1", or "no rank"."""
    if ranked.rank is None:
        return "no rank"
    if ranked.rank_low is None:
        return str(ranked.rank)
    return f"{ranked.rank} ({ranked.rank_low}–{ranked.rank_high})"
