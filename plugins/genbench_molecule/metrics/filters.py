"""Share of molecules that pass MOSES's filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["filters"]


def filters(fake: NDArray[np.float32]) -> float:
    """Return the share of valid fakes that pass the filters, in [0, 1]; higher is better.

        valid fakes that pass / valid fakes

    fake  (n, 1) 1 for a molecule that passes, else 0

    MOSES's training and test sets were made with these filters, so they score 1; other real data do not.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    return float(fake.mean(dtype=float))
