"""Fast lower bounds of squared distances by blocks of pairs, and exact decisions from them.

Squared distances are first bounded from below, in float32 and with one matrix product per block:

    lower = (1 - c) (|a|^2 + |b|^2) - 2 a.b,    c = (d / 2 + 8) eps + (d + 8) eps64,    rows centred

which is within 2 c (|a|^2 + |b|^2) of the plain sum of squared differences: the rounding error of a dot
product is at most d eps / 2 |a| |b| for any order of its sums (Higham 2002, sec. 3.1), the 8 covers the few
other operations, and the second term covers the rounding of the plain sum itself.

Where the bound does not decide, the plain sum is computed in float64. So results do not depend on blocks,
BLAS or threads, equal rows have distance 0, and ties are exact.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Steps, no_log
from genbench_fidelity.numeric.arrays import slices
from genbench_fidelity.numeric.work import block_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

    from genbench import Log

__all__ = ["CHUNK", "Block", "Screen", "blocks", "differences", "labels", "screens"]

#: Values in a temporary array: 16 MB in float64.
CHUNK = 2**21


# Largest magnitude whose squares and sums of squares stay far inside float32.
_LARGEST = 1e15

# Number of rows, or up to twice as many, whose median is the centre.
_CENTRE = 64


@dataclass(frozen=True, eq=False)
class Screen:
    """Rows x (n, d) with their parts of the bounds.

    centre  (d,) row that is subtracted, in the dtype of the bounds
    low     (n,) parts of the lower bounds, in that dtype
    slack   (n,) float64 parts of the largest excess of a distance over its bound
    """

    x: NDArray[Any]
    centre: NDArray[Any]
    low: NDArray[Any]
    slack: NDArray[np.float64]

    @classmethod
    def of(cls, x: NDArray[Any], centre: NDArray[Any]) -> Screen:
        """Return the screen of x (n, d), reading it in blocks."""
        dtype, d = centre.dtype, x.shape[1]
        norms = np.empty(len(x))
        for part in slices(len(x)):
            rows = _centre_rows(x[part], centre)
            norms[part] = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
        # Products below the smallest normal number underflow, hence the absolute term.
        share = (d / 2 + 8) * float(np.finfo(dtype).eps) + (d + 8) * float(np.finfo(np.float64).eps)
        slack = share * norms + 8 * d * float(np.finfo(dtype).tiny)
        return cls(x, centre, (norms - slack).astype(dtype), 2 * slack)

    def rows(self, part: slice) -> NDArray[Any]:
        """Return the rows of a part (r, d), centred."""
        return _centre_rows(self.x[part], self.centre)

    def against(self, other: Screen, *, upper_only: bool = False, log: Log = no_log) -> Iterator[Block]:
        """Yield the blocks of all pairs with the rows of `other`; for the others see `blocks`."""
        steps = Steps(log, block_count(len(self.x), len(other.x), upper_only=upper_only))
        for rows in slices(len(self.x)):
            a = self.rows(rows)
            for cols in slices(len(other.x), start=rows.start if upper_only else 0):
                lower = a @ (a if self is other and rows == cols else other.rows(cols)).T
                lower *= -2
                lower += self.low[rows, None]
                lower += other.low[cols]
                yield Block(self, other, rows, cols, lower)
                steps.add()

    @cached_property
    def labels(self) -> NDArray[np.intp]:
        """(n,), for each row the index of the first row with the same bytes."""
        return labels(self.x)

    def differences(self, other: Screen, i: NDArray[np.intp], j: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return (p,) the plain squared distances of its rows i from the rows j of `other`.

        With many pairs, those of equal rows are computed once.
        """
        if len(i) <= len(self.x) + len(other.x):
            return differences(self.x, other.x, i, j)
        pairs, back = np.unique(self.labels[i] * len(other.x) + other.labels[j], return_inverse=True)
        return differences(self.x, other.x, pairs // len(other.x), pairs % len(other.x))[back]


@dataclass(frozen=True, eq=False)
class Block:
    """The lower bounds of the squared distances between rows of x and of y.

    rows, cols  the rows of x and of y
    lower       (r, c) bounds
    """

    x: Screen
    y: Screen
    rows: slice
    cols: slice
    lower: NDArray[Any]

    def within(self, limits: NDArray[np.float64], *, strict: bool) -> NDArray[np.bool_]:
        """Return (r, c) whether each squared distance is <= its limit, or < if `strict`.

        limits  (r, 1) or (1, c) float64
        """
        inside = self.lower <= np.nextafter(limits.astype(self.lower.dtype), self.lower.dtype.type(np.inf))
        i, j = np.divmod(np.flatnonzero(inside), inside.shape[1])
        limit = np.broadcast_to(limits, inside.shape)[i, j]
        slack = self.x.slack[self.rows][i] + self.y.slack[self.cols][j]
        is_open = self.lower[i, j] + slack >= limit
        i, j, limit = i[is_open], j[is_open], limit[is_open]
        squares = self.x.differences(self.y, i + self.rows.start, j + self.cols.start)
        inside[i, j] = squares < limit if strict else squares <= limit
        return np.asarray(inside)


def screens(x: NDArray[Any], y: NDArray[Any], dtype: DTypeLike | None = None) -> tuple[Screen, Screen]:
    """Return the screens of x (n, d) and y (m, d), one object if x is y; float32 where the range allows."""
    centre = _centre(y).astype(dtype or _screening_type(x, y))
    screen = Screen.of(y, centre)
    return (screen if x is y else Screen.of(x, centre)), screen


def blocks(
    x: NDArray[Any], y: NDArray[Any], *, upper_only: bool = False, log: Log = no_log
) -> Iterator[Block]:
    """Yield the blocks of all pairs of rows of x (n, d) and y (m, d).

    upper_only  x and y are one array: yield the blocks on and above the diagonal only
    log         is told of each block that was used
    """
    one, other = screens(x, y)
    return one.against(other, upper_only=upper_only, log=log)


def _centre_rows(rows: NDArray[Any], centre: NDArray[Any]) -> NDArray[Any]:
    values = np.empty(rows.shape, centre.dtype)
    np.subtract(rows, centre, out=values, casting="same_kind")
    return values


def _centre(y: NDArray[Any]) -> NDArray[np.float64]:
    """Return a row (d,) near the centre of y; any row is valid, and outliers hardly move this one."""
    return np.asarray(np.median(y[:: max(1, len(y) // _CENTRE)], axis=0), dtype=np.float64)


def _screening_type(x: NDArray[Any], y: NDArray[Any]) -> DTypeLike:
    largest = max(abs(float(edge)) for side in (x, y) for edge in (side.min(), side.max()))
    return np.float32 if largest < _LARGEST else np.float64


# Squared distances of given pairs of rows, in float64 and in bounded memory.


def differences(
    x: NDArray[Any], y: NDArray[Any], i: NDArray[np.intp], j: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return (p,) the sums of squared differences of the rows x[i] and y[j], in float64."""
    squares = np.empty(len(i))
    step = max(1, CHUNK // x.shape[1])
    for first in range(0, len(i), step):
        part = slice(first, first + step)
        gaps = np.subtract(x[i[part]], y[j[part]], dtype=np.float64)
        squares[part] = np.einsum("ij,ij->i", gaps, gaps)
    return squares


def labels(x: NDArray[Any]) -> NDArray[np.intp]:
    """Return (n,), for each row of x (n, d) the index of the first row with the same bytes."""
    seen: dict[bytes, int] = {}
    digests = (hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in x)
    return np.array([seen.setdefault(digest, row) for row, digest in enumerate(digests)], dtype=np.intp)
