"""Representation: the shares of groups among fakes and among real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Score, Undefined
from genbench_table.utility.groups import groups_of

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["group_share_gap"]


def group_share_gap(real: Samples, fake: Samples, *, group: str | None = None) -> Score:
    """Return the largest difference between shares of a group, in [0, 1]; lower is better.

        max over groups g of |share of g in fake - share of g in real|

    real, fake  rows of one space
    group       the column whose values are the groups; gaps are a group, too

    Two samples of one law differ by about sqrt(share (1 - share) 2 / n): compare with the control `held-out`.
    The extra holds `groups`: for each group, its share `real` and `fake`. It judges by the real rows, which
    may represent groups badly themselves.

    Raises Undefined without `group`, where that is no column or has more than 50 numbers, and if a side is
    empty.
    """
    names, sides = groups_of((real, fake), group)
    if not all(map(len, sides)):
        raise Undefined("it needs at least 1 sample on each side")
    shares = [np.bincount(side, minlength=len(names)) / len(side) for side in sides]
    groups = {
        name: {"real": float(one), "fake": float(other)}
        for name, one, other in zip(names, *shares, strict=True)
    }
    return Score(float(np.abs(shares[0] - shares[1]).max()), extra={"groups": groups})
