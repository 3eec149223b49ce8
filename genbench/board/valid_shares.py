"""Shares of samples that have features, and groups of rows whose shares allow one ranking."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from genbench.core.extracted import ValidCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.results.records import Record

__all__ = ["SIDES", "are_apart", "compute_valid_share", "format_percent", "format_shares", "group_by_share"]

#: The sides of a metric in words.
SIDES = {
    "fake": "samples", "real": "real samples", "train": "training samples", "held_out": "held-out samples",
}  # fmt: skip

_APART = Fraction(5, 100)  # a convention, which docs/results.md states
_LEAST_AS_NUMBER = Fraction(1, 1000)  # of a share that is written as a number, and of the rest


def compute_valid_share(records: Iterable[Record], side: str = "fake") -> Fraction | None:
    """Return the share of a side's samples, over all records, that have features; None if it is unknown.

    A record counts them only if an extractor leaves samples out, so an ok record without a count has features
    of all samples. Other records without a count are left out.

    side  "fake", "real", "train" or "held_out": samples that a metric compares
    """
    counts = [
        _read_valid_count(record, side) for record in records if side in record.valid or record.status == "ok"
    ]
    total = sum(count.of for count in counts)
    return Fraction(sum(count.n for count in counts), total) if total else None


def are_apart(share: Fraction | None, other: Fraction | None) -> bool:
    """Return whether two shares differ by more than 5 percentage points; unknown ones do not."""
    return share is not None and other is not None and abs(share - other) > _APART


def group_by_share(shares: Mapping[str, Fraction | None]) -> dict[str, int]:
    """Return the number of each row's group, 0 for the highest shares; `shares` are by row.

    A metric ranks only the rows of one group together: those with similar shares of samples with features.
    In descending order, a new group begins where a share is more than 5 points below the first one of its
    group. So no two rows of a group are further apart, and a row that joins with a lower share changes no
    group above it. A row without a known share is in group 0.
    """
    groups = {row: 0 for row, share in shares.items() if share is None}
    number, first_share = 0, None  # of the present group: its number, and the share of its first row
    known_shares = {row: share for row, share in shares.items() if share is not None}
    for row, share in sorted(known_shares.items(), key=lambda pair: -pair[1]):
        if first_share is None or are_apart(first_share, share):
            number, first_share = (0 if first_share is None else number + 1), share
        groups[row] = number
    return groups


def format_percent(share: Fraction) -> str:
    """Return a share in [0, 1] with one decimal: "3.3 %"; only exact shares are "0 %" and "100 %"."""
    if share in (0, 1):
        return f"{100 * share} %"
    if share < _LEAST_AS_NUMBER:  # rounding would give 0.0 %
        return "under 0.1 %"
    return "over 99.9 %" if 1 - share < _LEAST_AS_NUMBER else f"{float(100 * share):.1f} %"


def format_shares(shares: Sequence[Fraction]) -> str:
    """Return one or more shares in words: "98.3 %", or "96.0 % to 100 %"."""
    low, high = format_percent(min(shares)), format_percent(max(shares))
    return low if low == high else f"{low} to {high}"


def _read_valid_count(record: Record, side: str) -> ValidCount:
    """Return how many samples of a side have features: all of them if the record has no count for it."""
    return record.valid.get(side, ValidCount(n=record.cell.n, of=record.cell.n))
