"""Cells of the feature space: k-means on training rows, and assignment of rows to cells."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import slices
from genbench_fidelity.numeric.neighbours import kth_nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["cell_of", "centres", "different_rows"]

# k-means tells no steps. Where one start takes seconds, a rehearsal on each 16th row tells how long it takes.
_REHEARSED = 16
_LONG = 10**9  # numbers times centres, about a second of k-means


def centres(
    x: NDArray[Any], k: int, *, starts: int, rng: np.random.Generator, log: Log = no_log
) -> NDArray[np.float64]:
    """Return the k centres (k, d) that scikit-learn's k-means finds among the rows of x (n, d).

    starts  runs from different k-means++ seedings; the one with the smallest inertia is kept
    log     is told of each start; of a single long one, how long it takes, by a rehearsal on fewer rows

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
    model = KMeans(n_clusters=k, n_init=1, random_state=np.random.RandomState(int(rng.integers(2**31))))
    best = _fit_clusters(model, np.ldexp(x, -unit), starts, log)
    return np.asarray(np.ldexp(best.cluster_centers_.astype(np.float64), unit))


def _fit_clusters(model: Any, x: NDArray[Any], starts: int, log: Log) -> Any:
    """Return the best k-means of several starts, which is that of scikit-learn's `n_init`."""
    from sklearn.base import clone

    k = model.n_clusters
    first, *others = log_parts(log, 1 / _REHEARSED, *[1] * starts)
    if starts == 1 and x.size * k > _LONG and len(x) >= k * _REHEARSED:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer rows may be too few for k clusters
            clone(model).fit(x[::_REHEARSED])
        first(1, 1)
    best = None
    for part in others:
        found = clone(model).set_params(random_state=model.random_state).fit(x)
        if best is None or (found.inertia_ < best.inertia_ and not _are_same(found.labels_, best.labels_, k)):
            best = found
        part(1, 1)
    return best


def _are_same(labels: NDArray[Any], others: NDArray[Any], k: int) -> bool:
    """Return whether two clusterings differ in the numbers of their k clusters alone."""
    return len(np.unique(np.stack([labels, others]), axis=1).T) == k


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
