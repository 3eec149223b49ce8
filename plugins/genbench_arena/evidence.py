"""Evidence that one of two is preferred, which may be looked at after every vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["log_evidence"]


def log_evidence(wins: Sequence[int]) -> NDArray[np.float64]:
    """Return the logarithm of the e-process against even chances after each vote.

    wins  (n,) 1 if the first was chosen, 0 if the second

        log E_n = log B(k + 1/2, n - k + 1/2) - log B(1/2, 1/2) + n log 2,  k = wins among the first n

    It is a mixture over all chances with the density Beta(1/2, 1/2) (Robbins, Annals of Mathematical
    Statistics 41, 1970). If chances are even, it ever exceeds log(1 / alpha) with a probability of at most
    alpha, however often one looks.
    """
    n = np.arange(1, len(wins) + 1)
    k = np.cumsum(wins)
    return np.asarray(betaln(k + 0.5, n - k + 0.5) - betaln(0.5, 0.5) + n * np.log(2))
