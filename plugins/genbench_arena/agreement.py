"""How far raters agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["krippendorff_alpha"]


def krippendorff_alpha(unit: NDArray[np.int64], value: NDArray[np.int64]) -> float | None:
    """Return the agreement on nominal choices: 1 for perfect, 0 for that of chance; None if nothing repeats.

    unit, value  (m,) int64: of each judgement, what was judged, and the choice, from 0 on; things of one
                 judgement count for nothing

        alpha = 1 - observed / expected disagreement

    Source: Krippendorff, Content Analysis (2004), chapter 11.
    """
    place, sizes = np.unique(unit, return_inverse=True, return_counts=True)[1:]
    repeated = sizes[place] > 1
    place, value = place[repeated], value[repeated]
    n, totals = len(value), np.bincount(value)
    different = n**2 - int((totals**2).sum())
    if different == 0:  # nothing repeats, or all choices are the same one
        return None
    cells, counts = np.unique(place * len(totals) + value, return_counts=True)
    agreed = (counts * (counts - 1) / (sizes[cells // len(totals)] - 1)).sum()
    return float(1 - (1 - agreed / n) * n * (n - 1) / different)
