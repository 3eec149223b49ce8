"""Exact nearest-neighbour search in float64 and in bounded memory; `screens` describes ties."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined, no_log
from genbench_fidelity.numeric.screens import CHUNK, Block, Screen, blocks, screens

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from genbench import Log

__all__ = ["Block", "blocks", "kth_nearest", "near_limit", "radii"]

# Rounds alpha n = 1.0000000000000002 down to the 1 that was meant.
_ROUNDING = 1e-9


# Neighbours kept beyond the k requested, so that near-ties need no second pass.
_SPARE = 4


def radii(x: NDArray[Any], k: int, log: Log = no_log) -> NDArray[np.float64]:
    """Return (n,) squared distances of each row of x (n, d) to its k-th nearest other row; k < n."""
    return kth_nearest(x, x, k + 1, log=log)[0]


def kth_nearest(
    x: NDArray[Any], y: NDArray[Any], k: int, dtype: DTypeLike | None = None, log: Log = no_log
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (n,) squared distances of rows of x (n, d) to their k-th nearest rows of y (m, d), and which.

    k <= m. A row in both x and y is its own nearest. `dtype` is that of the bounds.
    `log` is told of the pass over all pairs.
    """
    a, b = screens(x, y, dtype)
    lower, upper, index = _candidates(a, b, min(len(y), k + _SPARE), log)
    is_closer = upper < np.partition(lower, k - 1, axis=1)[:, k - 1 : k]
    is_farther = lower > np.partition(upper, k - 1, axis=1)[:, k - 1 : k]
    squares = np.where(is_closer, -1.0, np.inf)  # sorts them before and after those that are computed
    i, place = np.nonzero(~(is_closer | is_farther))
    squares[i, place] = a.differences(b, i, index[i, place])
    order = np.lexsort((index, squares))[:, k - 1 : k]
    found, which = (np.take_along_axis(values, order, 1)[:, 0] for values in (squares, index))
    is_open = (found > lower.max(axis=1)) & (found > 0) & (lower.shape[1] < len(y))
    found[is_open], which[is_open] = _among_all(a, b, k, np.flatnonzero(is_open))
    return found, which


def _candidates(
    x: Screen, y: Screen, keep: int, log: Log
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.intp]]:
    """Return (n, keep) the smallest lower bounds of each row of x, their upper bounds, and the rows of y."""
    lower = np.full((len(x.x), keep), np.inf, x.centre.dtype)
    index = np.zeros(lower.shape, np.intp)
    for block in x.against(y, upper_only=x is y, log=log):
        _merge(lower[block.rows], index[block.rows], block.lower, block.cols.start)
        if x is y and block.rows != block.cols:
            _merge(lower[block.cols], index[block.cols], block.lower.T, block.rows.start)
    return lower, lower + (x.slack[:, None] + y.slack[index]), index


def _merge(best: NDArray[Any], index: NDArray[np.intp], lower: NDArray[Any], first: int) -> None:
    """Replace the kept bounds `best` (r, keep) and their rows `index` by the smallest of them and of `lower`.

    lower  (r, c) bounds to the rows from `first` on
    """
    keep = best.shape[1]
    if lower.shape[1] >= keep and np.isinf(best).all():
        order = np.argpartition(lower, keep - 1, axis=1)[:, :keep]
        best[:], index[:] = np.take_along_axis(lower, order, 1), order + first
        return
    rows, cols = _below(lower, best.max(axis=1))
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


def _below(lower: NDArray[Any], limits: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where `lower` (r, c) is below the limit (r,) of its row, row by row, without copying it."""
    is_below = lower < limits[:, None]
    if is_below.flags.c_contiguous:
        rows, cols = np.divmod(np.flatnonzero(is_below), lower.shape[1])
        return rows, cols
    cols, rows = np.divmod(np.flatnonzero(is_below.T), len(lower))
    order = np.argsort(rows, kind="stable")
    return rows[order], cols[order]


def _among_all(
    x: Screen, y: Screen, k: int, rows: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the result of `kth_nearest` for rows with more near-ties than were kept, from all rows of y."""
    squares, index = np.empty(len(rows)), np.empty(len(rows), np.intp)
    centre = y.centre.astype(np.float64)
    fine = Screen.of(y.x, centre)
    step = max(1, CHUNK // len(y.x))
    for first in range(0, len(rows), step):
        chosen = rows[first : first + step]
        i, j = _possible(Screen.of(x.x[chosen], centre), fine, k)
        found = x.differences(y, chosen[i], j)
        starts = np.searchsorted(i, np.arange(len(chosen)))
        kth = np.lexsort((j, found, i))[starts + k - 1]
        squares[first : first + step], index[first : first + step] = found[kth], j[kth]
    return squares, index


def _possible(x: Screen, y: Screen, k: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of rows of x and y, by rows of x, that can be as near as the k-th nearest."""
    lower = np.empty((len(x.x), len(y.x)))
    for block in x.against(y):
        lower[block.rows, block.cols] = block.lower
    upper = lower + y.slack
    limits = np.partition(upper, k - 1, axis=1)[:, k - 1] + x.slack
    i, j = np.nonzero(lower <= limits[:, None])
    return i, j


# Distance limit for near-duplicates, as a quantile of distances between real samples.


def near_limit(squares: NDArray[np.float64], alpha: float) -> float:
    """Return the alpha-quantile of (n,) squared distances of real samples, itself one of them.

    It is the ceil(alpha n)-th smallest, so a share of alpha, or just above, is at most this distance.
    Raises Undefined if alpha n < 1, because no share of n samples is so small.
    """
    n = len(squares)
    if alpha * n < 1 - _ROUNDING:
        least = math.ceil(1 / alpha - _ROUNDING)
        raise Undefined(f"the {alpha:g}-quantile of nearest distances needs at least {least} real samples; "
                        f"there are {n}: raise alpha, or give a threshold")  # fmt: skip
    return float(np.sort(squares)[math.ceil(alpha * n - _ROUNDING) - 1])
