"""Principal components."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.memorisation.copying_test import principal
from sklearn.decomposition import PCA


@pytest.mark.parametrize("rows", [16, 1024])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_scikit_learn_s_but_for_signs(rows, dtype, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    x = (rng.standard_normal((90, 6)) * [6, 5, 4, 3, 2, 1] + 10).astype(dtype)
    y = (rng.standard_normal((40, 6)) + 10).astype(dtype)
    reference = PCA(n_components=3, svd_solver="full").fit(x.astype(np.float64))
    for found, side in zip(principal(x, 3, x, y), (x, y), strict=True):
        assert np.abs(found) == pytest.approx(np.abs(reference.transform(side)), abs=1e-4)


def test_all_components_keep_all_distances(rng):
    x = rng.standard_normal((20, 5))
    (found,) = principal(x, 5, x)
    assert found @ found.T == pytest.approx((x - x.mean(axis=0)) @ (x - x.mean(axis=0)).T)
