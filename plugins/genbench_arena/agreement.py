"""How far raters agree, and which of them do not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["krippendorff_alpha"]


def krippendorff_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Return the agreement on nominal choices: 1 for perfect, 0 for that of chance; None if nothing repeats.

    units  for each thing that was judged, the choices of its raters; those with one rater count for nothing

        alpha = 1 - observed / expected disagreement

    Source: Krippendorff, Content Analysis (2004), chapter 11.
    """
    judged = [list(unit) for unit in units if len(unit) > 1]
    values = sorted({value for unit in judged for value in unit})
    if not judged:
        return None
    together = np.zeros((len(values), len(values)))
    for unit in judged:
        counts = np.array([unit.count(value) for value in values], dtype=np.float64)
        together += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    totals = together.sum(axis=1)
    n = totals.sum()
    expected = (n**2 - (totals**2).sum()) / (n * (n - 1))
    if expected == 0:  # all choices are the same one
        return None
    observed = 1 - np.trace(together) / n
    return float(1 - observed / expected)
