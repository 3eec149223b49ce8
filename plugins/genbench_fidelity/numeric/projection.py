"""Projection onto principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_fidelity.numeric.arrays import mean, slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["principal"]


def principal(x: NDArray[Any], k: int, *sides: NDArray[Any]) -> list[NDArray[np.float64]]:
    """Return `sides` (m, d), centred by the mean of x, projected onto the first k principal components of x.

    x is (n, d) and k <= d; the arrays are (m, k) float64. The sign of a component is arbitrary.
    """
    from scipy.linalg import eigh

    centre, d = mean(x), x.shape[1]
    scatter = np.zeros((d, d))
    for rows in slices(len(x)):
        block = x[rows] - centre
        scatter += block.T @ block
    axes = eigh(scatter, subset_by_index=[d - k, d - 1])[1][:, ::-1]
    return [np.concatenate([(side[rows] - centre) @ axes for rows in slices(len(side))]) for side in sides]
