"""Precision, recall, density and coverage (PRDC) in one pass, with open balls and one k."""

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

__all__ = ["prdc"]


def prdc(
    real: NDArray[Any], fake: NDArray[Any], *, k: Annotated[int, Ge(1)] = 5, log: Log = no_log
) -> dict[str, float]:
    """Return the four numbers of the package prdc, of `fake`; higher is better.

        prdc-precision:  the share of fake rows in a ball around some real row, in [0, 1]
        prdc-recall:     the share of real rows in a ball around some fake row, in [0, 1]
        prdc-density:    (number of pairs of a fake row and a real ball that holds it) / (k m), >= 0
        prdc-coverage:   the share of real balls that hold a fake row, in [0, 1]

    A row's ball reaches up to its k-th nearest other row of its own side, that distance excluded (<).

    real, fake  (n, d) and (m, d) features, float32 or float64; distances are exact in float64
    k           which neighbour sets the radius

    Density and coverage equal those of density-coverage. Precision and recall differ from those of
    precision-recall, which are Kynkäänniemi's: k differs, and the edge of a ball is excluded, so fakes with
    more than k duplicates have balls that contain nothing. One pass over all pairs gives all four numbers, in
    less time than the two metrics together. They change with n as those do: compare at equal n only. Copies
    of the real data score best on all four.

    Raises Undefined unless both sides have more than k rows, and Invalid for features that are not finite.

    Source: Naeem et al. 2020 (arXiv:2002.09797), eq. 1 to 4, and the package prdc 0.2.
    """
    real, fake = features(real=real, fake=fake)
    require(k + 1, f"prdc with k = {k}", real=real, fake=fake)
    first, second, third = log_parts(log, pairs(real, real), pairs(fake, fake), pairs(real, fake))
    reach_real, reach_fake = radii(real, k, log=first), radii(fake, k, log=second)
    held = np.zeros(len(real), np.int64)
    real_is_hit, fake_is_hit = np.zeros(len(real), bool), np.zeros(len(fake), bool)
    for block in blocks(real, fake, log=third):
        in_real = block.within(reach_real[block.rows, None], strict=True)
        held[block.rows] += in_real.sum(axis=1)
        fake_is_hit[block.cols] |= in_real.any(axis=0)
        real_is_hit[block.rows] |= block.within(reach_fake[None, block.cols], strict=True).any(axis=1)
    return {
        "prdc-precision": float(fake_is_hit.mean()),
        "prdc-recall": float(real_is_hit.mean()),
        "prdc-density": float(held.sum() / (k * len(fake))),
        "prdc-coverage": float((held > 0).mean()),
    }
