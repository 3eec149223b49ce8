"""Cells of the feature space: k-means on training rows, and assignment of rows to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_fidelity.numeric.arrays import slices
from genbench_fidelity.numeric.neighbours import kth_nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cell_of", "centres", "different_rows"]


def centres(x: NDArray[Any], k: int, *, starts: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the k centres (k, d) that scikit-learn's k-means finds among the rows of x (n, d).

    starts  runs from different k-means++ seedings; the one with the smallest inertia is kept

    The seed of k-means is the first integer below 2^31 from `rng`. k-means runs on x divided by a power of
    two, so its squares neither underflow nor overflow in float32, and the unit of x changes no bit. Raises
    Undefined if x has fewer than k different rows.
    """
    different = different_rows(x, at_least=k)
    if different < k:
        raise Undefined(f"k-means with {k} cells needs at least {k} different training samples; "
                        f"there are {different}: lower the number of cells")  # fmt: skip
    from sklearn.cluster import KMeans

    unit = int(np.frexp(np.abs(x).max())[1])
    means = KMeans(n_clusters=k, n_init=starts, random_state=int(rng.integers(2**31))).fit(np.ldexp(x, -unit))
    return np.asarray(np.ldexp(means.cluster_centers_.astype(np.float64), unit))


def cell_of(x: NDArray[Any], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return (n,) the index of the centre (k, d) nearest to each row of x (n, d); the first of equal ones."""
    return kth_nearest(x, centres, 1)[1] if len(x) else np.empty(0, np.intp)


def different_rows(x: NDArray[Any], *, at_least: int) -> int:
    """Return the number of different rows of x (n, d), counting no further than `at_least`."""
    seen: set[bytes] = set()
    for rows in slices(len(x)):
        seen.update(row.tobytes() for row in x[rows] + 0.0)  # -0.0 becomes 0.0
        if len(seen) >= at_least:
            break
    return len(seen)
