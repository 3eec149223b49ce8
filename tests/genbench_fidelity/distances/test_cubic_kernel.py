"""Estimates under the cubic kernel against the formula, on both routes."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.distances import kid as cubic_kernel
from genbench_fidelity.distances.kid import subset_estimates


def plain(x, y):
    x, y = x.astype(np.float64), y.astype(np.float64)
    within = []
    for side in (x, y):
        kernel = (side @ side.T / side.shape[1] + 1) ** 3
        within.append((kernel.sum() - np.trace(kernel)) / (len(side) * (len(side) - 1)))
    return sum(within) - 2 * ((x @ y.T / x.shape[1] + 1) ** 3).mean()


def subsets(rng, count, n, size):
    return np.array([rng.choice(n, size, replace=False) for _ in range(count)])


@pytest.mark.parametrize("one_by_one", [0.0, np.inf], ids=["one by one", "at once"])
@pytest.mark.parametrize("rows", [16, 1024])
def test_each_subset_has_the_value_of_the_formula(rows, one_by_one, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    monkeypatch.setattr(cubic_kernel, "_ONE_BY_ONE", one_by_one)
    x, y = rng.standard_normal((50, 6)), rng.standard_normal((40, 6)) + 0.3
    in_x, in_y = subsets(rng, 7, 50, 20), subsets(rng, 7, 40, 15)
    expected = [plain(x[i], y[j]) for i, j in zip(in_x, in_y, strict=True)]
    assert subset_estimates(x, y, in_x, in_y) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("offset", [0, 30])
def test_float32_costs_a_billionth_of_the_kernel_s_mean(offset, rng):
    x, y = (rng.standard_normal((1200, 8)).astype(np.float32) + np.float32(offset) for _ in range(2))
    whole = [np.arange(1200)[None]] * 2
    size = ((x.astype(np.float64) @ y.T / 8 + 1) ** 3).mean()
    assert abs(subset_estimates(x, y, *whole)[0] - plain(x, y)) <= 3e-9 * abs(size)


@pytest.mark.parametrize(
    ("n", "dtype", "scale", "fits"),
    [(1000, np.float32, 1, True), (999, np.float32, 1, False), (1000, np.float64, 1, False),
     (1000, np.float32, 1e6, False)],
)  # fmt: skip
def test_float32_blocks_are_for_many_float32_rows_of_moderate_size(n, dtype, scale, fits, rng):
    assert cubic_kernel._fits_float32((scale * rng.standard_normal((n, 3))).astype(dtype)) == fits
