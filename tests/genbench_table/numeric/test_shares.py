from __future__ import annotations

import numpy as np
from genbench_table.numeric.shares import is_above


def test_a_share_is_above_another_beyond_three_standard_errors():
    """The error of 0.5 - 0.2 with 100 rows each is sqrt(0.25 / 100 + 0.16 / 100) = 0.064."""
    assert is_above(0.5, 0.2, 100, 100)
    assert not is_above(0.5, 0.2, 40, 40)  # 0.3 is 2.96 errors
    assert is_above(0.5, 0.2, 42, 42)
    assert not is_above(0.3, 0.5, 100, 100)
    assert is_above(1.0, 0.0, 1, 1)
    assert not is_above(1.0, 1.0, 9, 9)


def test_equal_chances_are_hardly_ever_above():
    draws = np.random.default_rng(0).binomial(200, 0.3, size=(2000, 2)) / 200
    assert np.mean([is_above(share, usual, 200, 200) for share, usual in draws]) < 0.004
