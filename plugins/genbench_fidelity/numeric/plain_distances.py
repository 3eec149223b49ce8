"""Squared distances of given pairs of rows, in float64 and in bounded memory."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CHUNK", "differences", "labels"]

#: Values in a temporary array: 16 MB in float64.
CHUNK = 2**21


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
