"""Samples and arrays as a component gets them: what it does to them reaches no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["guarded", "locked"]


def guarded(samples: Samples) -> Samples:
    """Return the same samples for one component: arrays that cannot be written, a copy of a table."""
    data, labels = samples.data, samples.labels
    if isinstance(data, np.ndarray):
        data = locked(data)
    elif not isinstance(data, tuple):
        data = data.copy()
    return Samples(data, samples.space, None if labels is None else locked(labels))


def locked(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view of an array that cannot be written."""
    view = array.view()
    view.flags.writeable = False
    return view
