"""Distributions of the parts of samples, such as the columns of a table, on several sides."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Distribution"]

_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How the values of one part of samples are distributed on each side, for people to look at.

    part    its name
    shares  of each side, the share of its samples in each cell, at least 0. They sum to 1, or to less if
            values are missing
    values  the text of the value of each cell; () for cells of ascending numbers
    ends    of ascending numbers, the texts of the first and the last one; None for values

    Raises ValueError for shares of another form.
    """

    part: str
    shares: tuple[tuple[float, ...], ...]
    values: tuple[str, ...] = ()
    ends: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        counts = {len(side) for side in self.shares} | ({len(self.values)} if self.values else set())
        if not self.shares or len(counts) != 1 or 0 in counts or bool(self.values) == bool(self.ends):
            raise ValueError("expected a share of each cell on each side, and values or ends")
        if any(not 0 <= share <= 1 + _ROUNDING for side in self.shares for share in side) or any(
            sum(side) > 1 + _ROUNDING for side in self.shares
        ):
            raise ValueError("expected shares of at least 0 that sum to at most 1 on each side")

    def missing(self, side: int) -> float:
        """Return the share of the samples of a side that have no value, in [0, 1]."""
        return max(0.0, 1.0 - sum(self.shares[side]))

    def distance(self, side: int) -> float:
        """Return the total variation distance of a side from the first one, in [0, 1]; gaps are a value."""
        apart = sum(abs(p - q) for p, q in zip(self.shares[0], self.shares[side], strict=True))
        return (apart + abs(self.missing(0) - self.missing(side))) / 2
