"""Tanimoto similarities of packed fingerprints: popcounts by blocks of pairs, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Steps, no_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Log

    Words = NDArray[np.uint64]

__all__ = ["mean_powers", "nearest", "nearest_other", "unpack_bits"]

_ROWS, _COLUMNS = 32, 4096  # pairs of a block: its three arrays take 1.5 MB
_PER_WORD = 4  # numbers of 16 bits in a word


def unpack_bits(fingerprints: NDArray[np.float32]) -> Words:
    """Return fingerprints (n, k) of numbers of 16 bits as words (n, k / 4, rounded up) of 64 bits."""
    n, k = fingerprints.shape
    padded = np.zeros((n, -(-k // _PER_WORD) * _PER_WORD), np.uint16)
    padded[:, :k] = fingerprints
    return padded.view(np.uint64)


def nearest(x: Words, y: Words, *, log: Log = no_log) -> NDArray[np.float64]:
    """Return (n,), for each row of x (n, w) its largest Tanimoto similarity to a row of y (m, w), in [0, 1].

    Two fingerprints without bits have similarity 1. m >= 1.
    """
    best = np.zeros(len(x))
    for rows, _, similarity in _blocks(x, y, log):
        np.maximum(best[rows], similarity.max(axis=1), out=best[rows])
    return best


def nearest_other(x: Words, *, log: Log = no_log) -> NDArray[np.float64]:
    """Return (n,), for each row of x (n, w) its largest similarity to another row; 0 if there is none."""
    best = np.zeros(len(x))
    for rows, columns, similarity in _blocks(x, x, log):
        own = np.arange(max(rows.start, columns.start), min(rows.stop, columns.stop))
        similarity[own - rows.start, own - columns.start] = 0
        np.maximum(best[rows], similarity.max(axis=1), out=best[rows])
    return best


def mean_powers(x: Words, *, log: Log = no_log) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (n,) means of the similarities t of each row of x (n, w) to all rows and itself, and of t^2."""
    first, second = np.zeros(len(x)), np.zeros(len(x))
    for rows, _, similarity in _blocks(x, x, log):
        first[rows] += similarity.sum(axis=1)
        second[rows] += np.einsum("ij,ij->i", similarity, similarity)
    return first / len(x), second / len(x)


def _blocks(x: Words, y: Words, log: Log) -> Iterator[tuple[slice, slice, NDArray[np.float64]]]:
    """Yield the rows, the columns and the similarities (r, c) of blocks that cover all pairs."""
    steps = Steps(log, -(-len(x) // _ROWS) * -(-len(y) // _COLUMNS))
    x_bits, y_bits = (np.bitwise_count(side).sum(axis=1, dtype=np.int64) for side in (x, y))
    for first in range(0, len(y), _COLUMNS):
        columns = slice(first, min(first + _COLUMNS, len(y)))
        turned = np.ascontiguousarray(y[columns].T)
        for start in range(0, len(x), _ROWS):
            rows = slice(start, min(start + _ROWS, len(x)))
            shared = _count_shared(x[rows], turned).astype(np.float64)
            either = x_bits[rows, None] + y_bits[columns] - shared
            yield rows, columns, np.divide(shared, either, out=np.ones_like(shared), where=either > 0)
            steps.add()


def _count_shared(x: Words, turned: Words) -> NDArray[np.uint16]:
    """Return (r, c) the numbers of bits that rows of x (r, w) share with the columns of `turned` (w, c)."""
    shape = len(x), turned.shape[1]
    both, counts = np.empty(shape, np.uint64), np.empty(shape, np.uint8)
    total = np.zeros(shape, np.uint16)
    for word, other in zip(x.T, turned, strict=True):
        np.bitwise_and(word[:, None], other, out=both)
        np.bitwise_count(both, out=counts)
        total += counts
    return total
