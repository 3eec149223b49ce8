"""The share that passes the filters."""

from __future__ import annotations

import numpy as np
from genbench_molecule.metrics.filters import filters


def test_it_is_the_share_of_ones():
    passes = np.array([[1], [0], [1], [1]], np.float32)
    assert filters(passes) == 0.75
    assert filters(passes[::-1]) == filters(np.tile(passes, (3, 1))) == 0.75
