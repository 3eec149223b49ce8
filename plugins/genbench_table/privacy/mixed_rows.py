"""Rows of numbers and categories whose distances are sums over columns, by two definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.columns.values import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    from genbench_table.columns.values import Column

    Pair = tuple[NDArray[Any], NDArray[Any]]

__all__ = ["Distance", "capped_distance", "summed_distance"]

_FAR = 2.0  # beyond all numbers of a column, for a gap: more than the cap of 1


@dataclass(frozen=True, eq=False)
class Distance:
    """Rows on two sides, and what each column adds to the distance of a pair.

    numbers   (k, n) and (k, m) float64: |x - y| is added, or 1 if that is more and `is_capped`
    codes     (c, n) and (c, m) int32: `mismatch` is added where they differ
    divisor   of the sum
    """

    numbers: tuple[NDArray[np.float64], NDArray[np.float64]]
    codes: tuple[NDArray[np.int32], NDArray[np.int32]]
    is_capped: bool
    mismatch: float
    divisor: float


def capped_distance(
    columns: Sequence[Column], rows: int, reference: int, scale: tuple[int, ...] = ()
) -> Distance:
    """Return the distance of sdmetrics: a mean over columns, in [0, 1]; the arguments number the sides.

    A number or a date adds |x - y| / range, at most 1, the range being that of the sides `scale` together, or
    of the reference, as in sdmetrics; where that is 0, it adds 1 unless they are equal. A category adds 1
    unless they are equal. A gap differs from a value by 1 and from a gap by 0.
    """
    numbers: list[Pair] = []
    codes: list[Pair] = []
    for column in columns:
        pair = column.sides[rows], column.sides[reference]
        known = np.concatenate([column.sides[side] for side in scale or (reference,)])
        span = _span(known) if column.is_numeric else 0.0
        if span > 0:
            numbers.append(_without_gaps(_scale(pair[0], known, span), _scale(pair[1], known, span)))
        else:
            codes.append(_code_numbers(*pair) if column.is_numeric else pair)
    places = rows, reference
    return Distance(
        _stack(numbers, columns[0], places, np.float64), _stack(codes, columns[0], places, np.int32),
        is_capped=True, mismatch=1.0, divisor=len(columns),
    )  # fmt: skip


def summed_distance(columns: Sequence[Column], rows: int, reference: int, scale: int) -> Distance:
    """Return the distance of TabSyn: a sum over columns; rows, reference and scale number the sides.

    A number or a date adds |x - y| / range, the range being that of the side `scale`, or 1 where that is 0;
    gaps are at the mean of that side. A category adds 2 unless they are equal, the L1 distance of one-hot
    rows. Gaps are one more category.
    """
    numbers: list[Pair] = []
    codes: list[Pair] = []
    for column in columns:
        known = column.sides[scale]
        pair = column.sides[rows], column.sides[reference]
        if column.is_numeric and not np.isnan(known).all():
            one, other = (np.where(np.isnan(side), np.nanmean(known), side) for side in pair)
            span = _span(known) or 1.0
            numbers.append((_scale(one, known, span), _scale(other, known, span)))
        else:
            codes.append(_code_numbers(*pair) if column.is_numeric else pair)
    places = rows, reference
    return Distance(
        _stack(numbers, columns[0], places, np.float64), _stack(codes, columns[0], places, np.int32),
        is_capped=False, mismatch=2.0, divisor=1.0,
    )  # fmt: skip


def _span(values: NDArray[np.float64]) -> float:
    """Return greatest - least of the numbers, 0 without any."""
    present = values[~np.isnan(values)]
    return float(np.ptp(present)) if len(present) else 0.0


def _scale(values: NDArray[np.float64], known: NDArray[np.float64], span: float) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = (values - np.nanmin(known)) / span
    return scaled


def _without_gaps(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """Return numbers with one value in all gaps that is farther than 1 from all of them."""
    far = max(np.nanmax(side, initial=0.0) for side in (x, y)) + _FAR
    return np.where(np.isnan(x), far, x), np.where(np.isnan(y), far, y)


def _code_numbers(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pair:
    """Return codes of numbers, equal where they are, with -1 for gaps."""
    _, codes = np.unique(np.concatenate([x, y]), return_inverse=True)
    codes[np.isnan(np.concatenate([x, y]))] = GAP
    return codes[: len(x)], codes[len(x) :]


def _stack(
    pairs: Sequence[Sequence[NDArray[Any]]], like: Column, places: tuple[int, int], dtype: DTypeLike
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return for each side its columns (k, rows), k being 0 without any."""
    one, other = (
        np.array([pair[side] for pair in pairs], dtype).reshape(len(pairs), len(like.sides[place]))
        for side, place in enumerate(places)
    )
    return one, other
