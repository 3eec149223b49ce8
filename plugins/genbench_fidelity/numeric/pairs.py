"""Random pairs of different samples, and the distances within them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw_pairs", "square_distances"]

# Values of one side of the pairs in a block: 16 MB in float64.
_CHUNK = 2**21


def draw_pairs(n: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return (count, 2) indices i < j below n: different unordered pairs, each as likely as any other.

    Where n (n - 1) / 2 is at most `count`, all pairs are returned and nothing is drawn.
    """
    total = n * (n - 1) // 2
    number = np.arange(total) if total <= count else rng.choice(total, count, replace=False)
    return _pairs_at(number.astype(np.int64))


def square_distances(x: NDArray[Any], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (k,) float64 squared distances between the rows of x (n, d) in `pairs` (k, 2)."""
    found = np.empty(len(pairs))
    step = max(1, _CHUNK // x.shape[1])
    for first in range(0, len(pairs), step):
        part = slice(first, first + step)
        gaps = np.subtract(x[pairs[part, 0]], x[pairs[part, 1]], dtype=np.float64)
        found[part] = np.einsum("ij,ij->i", gaps, gaps)
    return found


def _pairs_at(number: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the pairs (i, j), i < j, at positions j (j - 1) / 2 + i of the list 01 02 12 03 13 23 ..."""
    j = ((1 + np.sqrt(1.0 + 8.0 * number)) / 2).astype(np.int64)
    j -= j * (j - 1) // 2 > number  # where the root was rounded up
    j += j * (j + 1) // 2 <= number  # or down
    return np.stack([number - j * (j - 1) // 2, j], axis=1).astype(np.intp)
