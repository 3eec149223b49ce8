"""Kernel distance: closed forms, bias, and the two estimators."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.distances.kid import kid

from genbench.core.errors import Undefined


def plain(x, y):
    """Return the unbiased estimate, written out."""
    k_xx, k_yy, k_xy = ((a @ b.T / x.shape[1] + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    n, m = len(x), len(y)
    within = (k_xx.sum() - np.trace(k_xx)) / (n * (n - 1)) + (k_yy.sum() - np.trace(k_yy)) / (m * (m - 1))
    return within - 2 * k_xy.mean()


@pytest.mark.parametrize("rows", [16, 1024])
def test_the_full_estimate_is_the_formula_at_unequal_n_and_any_block_size(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    real, fake = rng.standard_normal((70, 5)), rng.standard_normal((45, 5)) + 0.3
    assert kid(real, fake, estimator="full").value == pytest.approx(plain(real, fake), rel=1e-12)


@pytest.mark.parametrize(("n", "subsets", "size"), [(60, 30, 40), (300, 3, 20)])
def test_subsets_are_scored_alike_whether_all_pairs_are_computed_once_or_not(n, subsets, size, rng):
    real, fake = rng.standard_normal((n, 4)), rng.standard_normal((n + 10, 4)) + 0.2
    state = np.random.RandomState(2020)
    values = []
    for _ in range(subsets):
        rows = state.choice(n, size, replace=False)
        values.append(plain(real[rows], fake[state.choice(n + 10, size, replace=False)]))
    found = kid(real, fake, subsets=subsets, subset_size=size)
    assert found.value == pytest.approx(np.mean(values), rel=1e-10)
    assert found.extra["spread"] == pytest.approx(np.std(values), rel=1e-8)


@pytest.mark.parametrize("offset", [0, 1, 100])
@pytest.mark.parametrize("subset_size", [100, 400])
def test_float32_features_score_what_the_same_features_score_in_float64(offset, subset_size, rng):
    real, fake = (rng.standard_normal((1000, 16)) * scale + offset for scale in (1, 1.1))
    real, fake = real.astype(np.float32), fake.astype(np.float32)
    single = kid(real, fake, subsets=20, subset_size=subset_size)
    double = kid(real.astype(float), fake.astype(float), subsets=20, subset_size=subset_size)
    kernel = (1 + offset**2) ** 3
    assert single.value == pytest.approx(double.value, rel=1e-6, abs=1e-8 * kernel)
    assert single.extra["spread"] == pytest.approx(double.extra["spread"], rel=1e-5, abs=1e-8 * kernel)


@pytest.mark.parametrize("scale", [1e6, 1e20])
def test_float32_features_whose_kernel_leaves_float32_are_scored_in_float64(scale, rng):
    real, fake = (rng.standard_normal((2, 1000, 5)) * scale).astype(np.float32)
    expected = plain(real.astype(float), fake.astype(float))
    assert kid(real, fake, estimator="full").value == pytest.approx(expected, rel=1e-9)


def test_sides_of_two_types_are_scored_in_float64(rng):
    real, fake = rng.standard_normal((60, 5)), rng.standard_normal((50, 5)).astype(np.float32)
    expected = plain(real, fake.astype(float))
    assert kid(real, fake, estimator="full").value == pytest.approx(expected, rel=1e-12)


def test_a_subset_of_everything_has_no_spread(rng):
    real, fake = rng.standard_normal((2, 50, 4))
    found = kid(real, fake, subsets=5, subset_size=50)
    assert "spread" not in found.extra
    assert "spread" in kid(real, fake, subsets=5, subset_size=49).extra
    assert found.value == pytest.approx(kid(real, fake, estimator="full").value, abs=1e-12)


def test_a_set_against_itself_is_negative_by_its_closed_form(rng):
    x = rng.standard_normal((80, 6))
    kernel = (x @ x.T / 6 + 1) ** 3
    off_diagonal = (kernel.sum() - np.trace(kernel)) / (80 * 79)
    found = kid(x, x, estimator="full").value
    assert found == pytest.approx(2 * (off_diagonal - kernel.mean()), rel=1e-10)
    assert found < 0


def test_its_mean_over_pairs_of_one_law_is_zero(rng):
    values = [kid(*rng.standard_normal((2, 60, 3)), estimator="full").value for _ in range(400)]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(400)
    assert min(values) < 0


def test_a_shift_and_a_collapse_raise_it(rng):
    real, fake = rng.standard_normal((2, 300, 5))
    clean = kid(real, fake, estimator="full").value
    assert kid(real, fake + 1, estimator="full").value > clean + 0.1
    assert kid(real, fake[np.zeros(300, int)], estimator="full").value > clean + 0.1


def test_too_few_samples_for_a_subset_are_named_with_the_way_out(rng):
    real, fake = rng.standard_normal((1200, 2)), rng.standard_normal((599, 2))
    with pytest.raises(Undefined, match=r'subset_size = 1000 .*1200.*599.*estimator = "full"'):
        kid(real, fake)


def test_one_sample_has_no_kid(rng):
    with pytest.raises(Undefined, match="real has 1"):
        kid(rng.standard_normal((1, 2)), rng.standard_normal((9, 2)), estimator="full")


def test_the_side_that_is_drawn_first_decides_the_subsets(rng):
    real, fake = rng.standard_normal((50, 4)), rng.standard_normal((60, 4)) + 0.2
    options = {"subsets": 5, "subset_size": 20}
    swapped = kid(fake, real, **options)
    assert kid(real, fake, first="fake", **options).value == pytest.approx(swapped.value, rel=1e-12)
    assert kid(real, fake, **options).value != pytest.approx(swapped.value, rel=1e-6)


def test_the_order_of_the_rows_of_a_side_moves_the_subsets_and_not_the_full_estimate(rng):
    real, fake = rng.standard_normal((2, 60, 4))
    values, turned = (
        [kid(real, rows, subset_size=20).value, kid(real, rows, estimator="full").value]
        for rows in (fake, fake[::-1])
    )
    assert values[0] != pytest.approx(turned[0], rel=1e-3)
    assert values[1] == pytest.approx(turned[1], rel=1e-9)
