"""Counts of samples per class, for the metrics on classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_fidelity.numeric.arrays import classes, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["class_counts"]


def class_counts(
    why: str, real: NDArray[Any], fake: NDArray[Any], *, least: int = 1
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the samples in each class, (K,) for each of (n, K) `real` and (m, K) `fake` probabilities.

    A sample's class is the one of the highest probability, the first of equal ones.
    Raises Undefined, naming the metric `why`, if a side has fewer than `least`, and Invalid for rows that are
    not probabilities.
    """
    real, fake = classes(real=real, fake=fake)
    require(least, why, real=real, fake=fake)
    return _count(real), _count(fake)


def _count(side: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.bincount(side.argmax(axis=1), minlength=side.shape[1])
