"""Modes: number of classes among the fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score
from genbench_fidelity.numeric.arrays import classes, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["class_counts", "modes"]


def modes(real: NDArray[Any], fake: NDArray[Any], *, min_count: Annotated[int, Ge(1)] = 1) -> Score:
    """Return the number of classes with at least `min_count` samples of `fake`; higher is better.

    A sample's class is the one of the highest probability, the first of equal ones.

    real, fake  (n, K) and (m, K) class probabilities, float32 or float64
    min_count   fakes that a class needs to count; above 1, errors of the classifier do not count as modes

    The value depends entirely on the classifier, and rises with m. Classes without real samples count too.
    The extra holds `of`, the number of classes among the real samples, which affect nothing else.

    One fake is one mode. Raises Undefined if a side is empty, and Invalid for rows that are not
    probabilities.

    Source: Metz et al. 2017 (arXiv:1611.02163), sec. 3.3; Lin et al. 2018 (arXiv:1712.04086), sec. 4.
    """
    in_real, in_fake = class_counts("modes", real, fake)
    return Score(int((in_fake >= min_count).sum()), extra={"of": int((in_real > 0).sum())})


# Counts of samples per class, for the metrics on classes.


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
