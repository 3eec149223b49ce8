from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.uniform import offsets_like, uniform
from numpy.random import default_rng

from genbench import Samples


def test_offsets_have_the_lengths_of_train_alone():
    train = Samples.of("points", [np.zeros((n, 3), np.float32) for n in (2, 7)])
    offsets = offsets_like(train, 200, default_rng(0))
    assert (offsets.dtype, offsets[0], len(offsets)) == (np.int64, 0, 201)
    assert set(np.diff(offsets)) == {2, 7}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_fill_their_range_and_never_leave_it(dtype):
    low, high = np.array([0, 0.1], dtype), np.array([1, 0.1], dtype)
    drawn = uniform(low, high, (500, 2), default_rng(0))
    assert drawn.dtype == dtype
    assert 0 <= drawn[:, 0].min() < 0.02
    assert 0.98 < drawn[:, 0].max() <= 1
    assert (drawn[:, 1] == dtype(0.1)).all()
