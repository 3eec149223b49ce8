"""Fréchet distance: closed forms, and what leaves it alone."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.fid import fid, score_fid
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.core.errors import Undefined


def with_moments(rng, n, mean, covariance):
    """Return n rows whose sample mean and covariance (divisor n - 1) are exactly those given."""
    rows = rng.standard_normal((n, len(mean)))
    rows -= rows.mean(axis=0)
    white = rows @ np.linalg.inv(np.linalg.cholesky(np.cov(rows, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def test_it_is_the_closed_form_of_two_gaussians_with_one_basis(rng):
    basis = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    a, b = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 2, 1, 9, 0.5])
    mean = rng.standard_normal(5)
    real = with_moments(rng, 60, np.zeros(5), basis @ np.diag(a) @ basis.T)
    fake = with_moments(rng, 80, mean, basis @ np.diag(b) @ basis.T)
    expected = mean @ mean + np.square(np.sqrt(a) - np.sqrt(b)).sum()
    assert fid(real, fake) == pytest.approx(expected, rel=1e-10)


def test_a_shift_costs_its_squared_length(rng):
    real = rng.standard_normal((50, 4))
    assert fid(real, real + np.array([3, 4, 0, 0])) == pytest.approx(25, rel=1e-12)


@pytest.mark.parametrize("shape", [(40, 6), (5, 60)])
def test_a_copy_scores_zero_and_never_less(shape, rng):
    real = rng.standard_normal(shape)
    assert 0 <= fid(real, real[::-1]) < 1e-10


def test_collapse_onto_the_mean_costs_the_trace(rng):
    real = rng.standard_normal((100, 6))
    fake = np.repeat(real.mean(axis=0, keepdims=True), 100, axis=0)
    assert fid(real, fake) == pytest.approx(np.trace(np.cov(real, rowvar=False)), rel=1e-10)


@pytest.mark.parametrize("n", [4, 100])
def test_rows_that_are_all_the_same_have_no_covariance_to_share(n, rng):
    real, fake = rng.standard_normal((n, 6)), np.ones((n, 6))
    expected = np.square(real.mean(axis=0) - 1).sum() + np.trace(np.cov(real, rowvar=False))
    assert fid(real, fake) == pytest.approx(expected, rel=1e-12)
    assert fid(fake, real) == pytest.approx(expected, rel=1e-12)
    assert fid(fake, fake) == 0


@settings(max_examples=60)
@given(st.integers(2, 40), st.integers(2, 40), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_both_routes_agree_whichever_side_has_more_rows_than_columns(n, m, d, seed):
    rng = np.random.default_rng(seed)
    real, fake = rng.standard_normal((n, d)), 2 * rng.standard_normal((m, d)) + 1
    a, b = ((side - side.mean(axis=0)) / np.sqrt(len(side) - 1) for side in (real, fake))
    gap = real.mean(axis=0) - fake.mean(axis=0)
    root = np.linalg.norm(a @ b.T, "nuc")
    expected = gap @ gap + np.square(a).sum() + np.square(b).sum() - 2 * root
    assert fid(real, fake) == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("smallest", [1e-2, 1e-5, 1e-8])
def test_it_is_the_closed_form_however_little_some_directions_vary(smallest, rng):
    basis = np.linalg.qr(rng.standard_normal((30, 30)))[0]
    a, b = np.geomspace(1, smallest, 30), 2 * np.geomspace(1, smallest, 30)
    real = with_moments(rng, 200, np.zeros(30), np.diag(a)) @ basis.T
    fake = with_moments(rng, 300, np.zeros(30), np.diag(b)) @ basis.T
    expected = np.square(np.sqrt(a) - np.sqrt(b)).sum()
    assert fid(real, fake) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(("n", "m"), [(200, 250), (20, 250), (200, 20)])
def test_columns_that_repeat_others_double_their_share(n, m, rng):
    real, fake = rng.standard_normal((n, 40)), 1.5 * rng.standard_normal((m, 40)) + 0.1
    doubled = [np.concatenate([side, side], axis=1) for side in (real, fake)]
    assert fid(*doubled) == pytest.approx(2 * fid(real, fake), rel=1e-7)


def test_it_does_not_change_under_order_rotation_and_exchange_and_grows_with_the_square_of_scale(rng):
    real, fake = rng.standard_normal((200, 7)), rng.standard_normal((150, 7)) * 1.3 + 0.2
    rotation = np.linalg.qr(rng.standard_normal((7, 7)))[0]
    value = fid(real, fake)
    assert fid(rng.permutation(real), rng.permutation(fake)) == pytest.approx(value, rel=1e-9)
    assert fid(real @ rotation, fake @ rotation) == pytest.approx(value, rel=1e-9)
    assert fid(fake, real) == pytest.approx(value, rel=1e-9)
    assert fid(10 * real, 10 * fake) == pytest.approx(100 * value, rel=1e-9)


def test_a_column_that_never_changes_adds_nothing(rng):
    real, fake = rng.standard_normal((2, 80, 5))
    padded = [np.column_stack([side, np.full(80, 7.0)]) for side in (real, fake)]
    assert fid(*padded) == pytest.approx(fid(real, fake), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(1, 9), (9, 1), (0, 9)])
def test_it_is_undefined_without_two_rows(n, m, rng):
    with pytest.raises(Undefined, match=f"at least 2 samples.* has {min(n, m)}"):
        fid(rng.standard_normal((n, 3)), rng.standard_normal((m, 3)))


@pytest.mark.parametrize(("n", "m", "d", "is_warned"), [(5, 50, 5, True), (50, 4, 5, True), (6, 6, 5, False)])
def test_a_side_with_no_more_rows_than_columns_is_warned_of(n, m, d, is_warned):
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    found = score_fid(real, fake)
    if not is_warned:
        assert found == fid(real, fake)
        return
    assert found.value == fid(real, fake)
    assert found.extra["warning"].startswith(
        f"{min(n, m)} samples do not determine the covariance of 5 features"
    )
