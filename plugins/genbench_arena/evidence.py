"""Evidence that one of two is preferred, which may be looked at after every vote."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["log_evidence"]


def log_evidence(won: Any, lost: Any) -> Any:
    """Return the logarithm of the e-process against even chances, after votes of these numbers.

    won, lost  how often the one and the other was chosen: numbers, or (n,) arrays, as after each vote

        log E = log B(won + 1/2, lost + 1/2) - log B(1/2, 1/2) + (won + lost) log 2

    It is a mixture over all chances with the density Beta(1/2, 1/2) (Robbins, Annals of Mathematical
    Statistics 41, 1970). If chances are even, it ever exceeds log(1 / alpha) with a probability of at most
    alpha, however often one looks.
    """
    from scipy.special import betaln

    return betaln(won + 0.5, lost + 0.5) - betaln(0.5, 0.5) + (won + lost) * np.log(2)
