"""The distance that few real samples keep."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.numeric.neighbours import near_limit

from genbench.core.errors import Undefined


@pytest.mark.parametrize(
    ("n", "alpha", "rank"), [(20, 0.05, 1), (21, 0.05, 2), (100, 0.29, 29), (3, 0.9999, 3), (7, 1 / 7, 1)]
)
def test_it_is_the_least_of_which_alpha_are_not_farther(n, alpha, rank, rng):
    assert near_limit(rng.permutation(n) + 1.0, alpha) == rank


def test_a_share_of_less_than_one_sample_is_refused():
    reason = r"0\.001-quantile .* at least 1000 real samples; there are 999: raise alpha"
    with pytest.raises(Undefined, match=reason):
        near_limit(np.arange(999.0), 0.001)
