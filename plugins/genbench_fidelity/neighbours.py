"""Nearest rows and balls that hold rows, exact in float64 and in bounded memory.

Squared distances are first bounded from below, in float32 and by one matrix product a block:

    lower = (1 - c) (|a|^2 + |b|^2) - 2 a.b,    c = (d / 2 + 8) eps + (d + 8) eps64,    rows centred

which is within 2 c (|a|^2 + |b|^2) of the plain sum of squared differences: the rounding of a dot product
is at most d eps / 2 |a| |b|, whatever the order of its sums (Higham 2002, sec. 3.1), the 8 is for the few
operations beside it, and the second term for the rounding of the plain sum itself.

What the bound leaves open is computed again, as that plain sum in float64. So answers do not depend on
blocks, BLAS or threads, equal rows are at distance 0, and ties are ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_fidelity.arrays import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

__all__ = ["Block", "blocks", "kth_nearest", "radii"]

# Neighbours kept beyond those asked for, so that near-ties need no second pass.
_SPARE = 4

# Largest magnitude whose squares and sums of squares stay far inside float32.
_LARGEST = 1e15

# Rows, or up to twice as many, whose median is taken as the centre.
_CENTRE = 64

# Values in the temporary arrays of plain differences: 16 MB in float64.
_CHUNK = 2**21


@dataclass(frozen=True, eq=False)
class Block:
    """The lower bounds of the squared distances between `x[rows]` and `y[cols]`.

    lower    (r, c) bounds
    slack_x  (r,) and slack_y (c,) float64: their sum is the most by which a distance exceeds its bound
    """

    x: NDArray[Any]
    y: NDArray[Any]
    rows: slice
    cols: slice
    lower: NDArray[Any]
    slack_x: NDArray[np.float64]
    slack_y: NDArray[np.float64]

    def within(self, limits: NDArray[np.float64], *, strict: bool) -> NDArray[np.bool_]:
        """Return (r, c) whether each squared distance is <= its limit, or < if `strict`.

        limits  (r, 1) or (1, c) float64
        """
        inside = self.lower <= np.nextafter(limits.astype(self.lower.dtype), self.lower.dtype.type(np.inf))
        i, j = np.nonzero(inside)
        limit = np.broadcast_to(limits, inside.shape)[i, j]
        is_open = self.lower[i, j] + (self.slack_x[i] + self.slack_y[j]) >= limit
        i, j, limit = i[is_open], j[is_open], limit[is_open]
        squares = _shared_differences(self.x[self.rows], self.y[self.cols], i, j)
        inside[i, j] = squares < limit if strict else squares <= limit
        return np.asarray(inside)


def blocks(
    x: NDArray[Any], y: NDArray[Any], dtype: DTypeLike | None = None, *, upper_only: bool = False
) -> Iterator[Block]:
    """Yield the blocks of all pairs of rows of x (n, d) and y (m, d).

    dtype       of the bounds, float32 by default where it can hold them
    upper_only  x and y are one array, and only blocks on and above the diagonal are wanted
    """
    dtype = np.dtype(dtype or _screening_type(x, y))
    centre = _centre(y).astype(dtype)
    for rows in slices(len(x)):
        side = _screened(x[rows], centre, dtype)
        a, norms_a, slack_a = side
        for cols in slices(len(y), start=rows.start if upper_only else 0):
            is_diagonal = upper_only and rows == cols
            b, norms_b, slack_b = side if is_diagonal else _screened(y[cols], centre, dtype)
            lower = a @ b.T
            lower *= -2
            lower += norms_a[:, None]
            lower += norms_b
            yield Block(x, y, rows, cols, lower, slack_a, slack_b)


def radii(x: NDArray[Any], k: int) -> NDArray[np.float64]:
    """Return (n,) squared distances of each row of x (n, d) to its k-th nearest other row; k < n."""
    return kth_nearest(x, x, k + 1)[0]


def kth_nearest(
    x: NDArray[Any], y: NDArray[Any], k: int, dtype: DTypeLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (n,) squared distances of each row of x (n, d) to its k-th nearest row of y (m, d), and which.

    k <= m. A row that is in both x and y is its own nearest. `dtype` is that of the bounds.
    """
    dtype = np.dtype(dtype or _screening_type(x, y))
    lower, upper, index = _candidates(x, y, min(len(y), k + _SPARE), dtype)
    is_closer = upper < np.partition(lower, k - 1, axis=1)[:, k - 1 : k]
    is_farther = lower > np.partition(upper, k - 1, axis=1)[:, k - 1 : k]
    squares = np.where(is_closer, -1.0, np.inf)  # sorts them before and after those that are computed
    i, place = np.nonzero(~(is_closer | is_farther))
    squares[i, place] = _differences(x, y, i, index[i, place])
    order = np.lexsort((index, squares))[:, k - 1 : k]
    found, which = (np.take_along_axis(values, order, 1)[:, 0] for values in (squares, index))
    is_open = (found > lower.max(axis=1)) & (found > 0) & (lower.shape[1] < len(y))
    found[is_open], which[is_open] = _again(x[is_open], y, k, dtype)
    return found, which


def _again(
    x: NDArray[Any], y: NDArray[Any], k: int, dtype: np.dtype[Any]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return what `kth_nearest` does, for rows with too many near-ties for bounds of `dtype`."""
    if len(x) and dtype == np.float32:
        return kth_nearest(x, y, k, np.float64)
    squares, index = np.empty(len(x)), np.empty(len(x), np.intp)
    for row in range(len(x)):
        every = _differences(x, y, np.full(len(y), row), np.arange(len(y)))
        index[row] = np.argsort(every, kind="stable")[k - 1]
        squares[row] = every[index[row]]
    return squares, index


def _candidates(
    x: NDArray[Any], y: NDArray[Any], keep: int, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.intp]]:
    """Return (n, keep) the least lower bounds of each row of x, their upper ones, and the rows of y."""
    lower = np.full((len(x), keep), np.inf, dtype)
    index = np.zeros((len(x), keep), np.intp)
    slack_x, slack_y = np.empty(len(x)), np.empty(len(y))
    for block in blocks(x, y, dtype, upper_only=x is y):
        slack_x[block.rows], slack_y[block.cols] = block.slack_x, block.slack_y
        _merge(lower[block.rows], index[block.rows], block.lower, block.cols.start)
        if x is y and block.rows != block.cols:
            turned = np.ascontiguousarray(block.lower.T)
            _merge(lower[block.cols], index[block.cols], turned, block.rows.start)
    return lower, lower + (slack_x[:, None] + slack_y[index]), index


def _centre(y: NDArray[Any]) -> NDArray[np.float64]:
    """Return a row (d,) amid those of y: any would do, and outliers do not move this one far."""
    return np.asarray(np.median(y[:: max(1, len(y) // _CENTRE)], axis=0), dtype=np.float64)


def _screening_type(x: NDArray[Any], y: NDArray[Any]) -> DTypeLike:
    largest = max(abs(float(edge)) for side in (x, y) for edge in (side.min(), side.max()))
    return np.float32 if largest < _LARGEST else np.float64


def _screened(
    rows: NDArray[Any], centre: NDArray[Any], dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Return rows (r, d) centred and in `dtype`, their parts (r,) of a lower bound, and of its slack."""
    values = np.empty(rows.shape, dtype)
    np.subtract(rows, centre, out=values, casting="same_kind")
    norms = np.einsum("ij,ij->i", values, values, dtype=np.float64)
    d = rows.shape[1]
    # Products below the least normal number are lost altogether, hence the absolute term.
    share = (d / 2 + 8) * float(np.finfo(dtype).eps) + (d + 8) * float(np.finfo(np.float64).eps)
    slack = share * norms + 8 * d * float(np.finfo(dtype).tiny)
    return values, (norms - slack).astype(dtype), 2 * slack


def _merge(best: NDArray[Any], index: NDArray[np.intp], lower: NDArray[Any], first: int) -> None:
    """Replace the kept bounds `best` (r, keep) and their rows `index` by the least of them and of `lower`.

    lower  (r, c) bounds to the rows from `first` on
    """
    keep = best.shape[1]
    if lower.shape[1] >= keep and np.isinf(best).all():
        order = np.argpartition(lower, keep - 1, axis=1)[:, :keep]
        best[:], index[:] = np.take_along_axis(lower, order, 1), order + first
        return
    rows, cols = np.nonzero(lower < best.max(axis=1)[:, None])
    if len(rows) == 0:
        return
    counts = np.bincount(rows, minlength=len(best))
    place = keep + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    pool = np.full((len(best), keep + counts.max()), np.inf, best.dtype)
    names = np.zeros(pool.shape, np.intp)
    pool[:, :keep], names[:, :keep] = best, index
    pool[rows, place], names[rows, place] = lower[rows, cols], cols + first
    order = np.argpartition(pool, keep - 1, axis=1)[:, :keep]
    best[:], index[:] = np.take_along_axis(pool, order, 1), np.take_along_axis(names, order, 1)


def _differences(
    x: NDArray[Any], y: NDArray[Any], i: NDArray[np.intp], j: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return (p,) the sums of squared differences of the rows x[i] and y[j], in float64."""
    squares = np.empty(len(i))
    step = max(1, _CHUNK // x.shape[1])
    for first in range(0, len(i), step):
        part = slice(first, first + step)
        gaps = np.subtract(x[i[part]], y[j[part]], dtype=np.float64)
        squares[part] = np.einsum("ij,ij->i", gaps, gaps)
    return squares


def _shared_differences(
    x: NDArray[Any], y: NDArray[Any], i: NDArray[np.intp], j: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return what `_differences` does; where there are many pairs, those of equal rows are computed once."""
    if len(i) <= len(x) + len(y):
        return _differences(x, y, i, j)
    (x, same_x), (y, same_y) = _distinct(x), _distinct(y)
    pairs, back = np.unique(same_x[i] * len(y) + same_y[j], return_inverse=True)
    return _differences(x, y, pairs // len(y), pairs % len(y))[back]


def _distinct(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the different rows of x, compared byte by byte, and which of them each row is."""
    rows = np.ascontiguousarray(x).view(np.dtype((np.void, x.shape[1] * x.itemsize))).ravel()
    _, first, back = np.unique(rows, return_index=True, return_inverse=True)
    return x[first], back
