"""Projection onto principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import log_parts, no_log
from genbench_fidelity.numeric.arrays import logged_slices, mean, slices
from genbench_fidelity.numeric.work import covariance, eigenvalues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["principal"]


def principal(x: NDArray[Any], k: int, *sides: NDArray[Any], log: Log = no_log) -> list[NDArray[np.float64]]:
    """Return `sides` (m, d), centred by the mean of x, projected onto the first k principal components of x.

    x is (n, d) and k <= d; the arrays are (m, k) float64. The sign of a component is arbitrary.
    """
    from scipy.linalg import eigh

    first, second = log_parts(log, covariance(x), eigenvalues(x.shape[1]))
    centre, d = mean(x), x.shape[1]
    scatter = np.zeros((d, d))
    for rows in logged_slices(len(x), first):
        block = x[rows] - centre
        scatter += block.T @ block
    axes = eigh(scatter, subset_by_index=[d - k, d - 1])[1][:, ::-1]
    second(1, 1)
    return [np.concatenate([(side[rows] - centre) @ axes for rows in slices(len(side))]) for side in sides]
