"""Improved precision and recall: shares of samples on the manifold of the other side."""

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

__all__ = ["precision_recall"]


def precision_recall(
    real: NDArray[Any], fake: NDArray[Any], *, k: Annotated[int, Ge(1)] = 3, log: Log = no_log
) -> dict[str, float]:
    """Return `precision` and `recall` of `fake`, each in [0, 1]; higher is better.

        precision: the share of fake rows in the union of the balls around real rows
        recall:    the share of real rows in the union of the balls around fake rows

    A row's ball reaches as far as its k-th nearest other row of its own side, that distance included (<=).

    real, fake  (n, d) features, float32 or float64; distances are exact in float64
    k           which neighbour sets the radius

    Both fall with n for equal distributions, and by different amounts at unequal n: compare at equal n only.
    A single outlier among the real rows has a ball that contains nearly everything. Noise can raise recall.
    Copies of the real data score 1 on both. Raises Undefined unless both sides have more than k rows, and
    Invalid for features that are not finite.

    Source: Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 1 and 2.
    """
    real, fake = features(real=real, fake=fake)
    require(k + 1, f"precision-recall with k = {k}", real=real, fake=fake)
    first, second, third = log_parts(log, pairs(real, real), pairs(fake, fake), pairs(real, fake))
    reach_real, reach_fake = radii(real, k, log=first), radii(fake, k, log=second)
    real_is_hit, fake_is_hit = np.zeros(len(real), bool), np.zeros(len(fake), bool)
    for block in blocks(real, fake, log=third):
        fake_is_hit[block.cols] |= block.within(reach_real[block.rows, None], strict=False).any(axis=0)
        real_is_hit[block.rows] |= block.within(reach_fake[None, block.cols], strict=False).any(axis=1)
    return {"precision": float(fake_is_hit.mean()), "recall": float(real_is_hit.mean())}
