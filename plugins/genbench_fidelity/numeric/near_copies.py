"""Distance limit for near-duplicates, as a quantile of distances between real samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["near_limit"]

# Rounds alpha n = 1.0000000000000002 down to the 1 that was meant.
_ROUNDING = 1e-9


def near_limit(squares: NDArray[np.float64], alpha: float) -> float:
    """Return the alpha-quantile of (n,) squared distances of real samples, itself one of them.

    It is the ceil(alpha n)-th smallest, so a share of alpha, or just above, is at most this distance.
    Raises Undefined if alpha n < 1, because no share of n samples is so small.
    """
    n = len(squares)
    if alpha * n < 1 - _ROUNDING:
        least = math.ceil(1 / alpha - _ROUNDING)
        raise Undefined(f"the {alpha:g}-quantile of nearest distances needs at least {least} real samples; "
                        f"there are {n}: raise alpha, or give a threshold")  # fmt: skip
    return float(np.sort(squares)[math.ceil(alpha * n - _ROUNDING) - 1])
