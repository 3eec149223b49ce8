"""Density and coverage of the neighbourhoods of real samples by fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.neighbours import blocks, radii
from genbench_fidelity.numeric.work import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["density_coverage"]


def density_coverage(
    real: NDArray[Any], fake: NDArray[Any], *, k: Annotated[int, Ge(1)] = 5, log: Log = no_log
) -> dict[str, float]:
    """Return `density` (>= 0) and `coverage` (in [0, 1]) of `fake`; higher is better.

        density:   (number of pairs of a fake row and a real ball that holds it) / (k m),  m fake rows
        coverage:  the share of real balls that hold a fake row

    A real row's ball reaches up to its k-th nearest other real row, that distance excluded (<).

    real, fake  (n, d) and (m, d) features, float32 or float64; distances are exact in float64
    k           which neighbour sets the radius

    For equal distributions density is about 1, and coverage is about 1 - 2^-k at equal n. Coverage falls with
    fewer fakes. Density has no upper limit: fakes crowded near the centre of the real data score above 1.
    Copies of the real data score best. Raises Undefined unless the real side has more than k rows and the
    fake side at least 2, because one fake has no density; raises Invalid for features that are not finite.

    Source: Naeem et al. 2020 (arXiv:2002.09797), eq. 3 and 4.
    """
    real, fake = features(real=real, fake=fake)
    require(k + 1, f"density-coverage with k = {k}", real=real)
    require(2, "density-coverage", fake=fake)
    own, other = log_parts(log, pairs(real, real), pairs(real, fake))
    reach = radii(real, k, log=own)
    held = np.zeros(len(real), np.int64)
    for block in blocks(real, fake, log=other):
        held[block.rows] += block.within(reach[block.rows, None], strict=True).sum(axis=1)
    return {"density": float(held.sum() / (k * len(fake))), "coverage": float((held > 0).mean())}
