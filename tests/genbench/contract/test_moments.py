"""Mean and covariance of features, and what is refused as such."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Invalid, Moments
from genbench.contract import moments as module


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(3.0, 2.0, (50, 4)).astype(np.float32)


def test_moments_are_those_of_numpy_in_float64(features):
    found = Moments.of(features)
    assert np.allclose(found.mean, features.astype(np.float64).mean(axis=0), rtol=1e-12)
    assert np.allclose(found.covariance, np.cov(features, rowvar=False, dtype=np.float64), rtol=1e-12)
    assert (found.n, found.mean.dtype, found.covariance.dtype) == (50, np.float64, np.float64)


def test_features_are_read_in_blocks(features, monkeypatch):
    whole = Moments.of(features)
    monkeypatch.setattr(module, "_BLOCK_ROWS", 7)
    assert np.allclose(Moments.of(features).covariance, whole.covariance, rtol=1e-12)


def test_one_row_has_no_covariance(features):
    with pytest.raises(Invalid, match="at least 2 samples, got 1"):
        Moments.of(features[:1])


def test_rounding_to_float32_is_accepted_and_the_covariance_made_symmetric(features):
    low_rank = Moments.of(features[:, :1] @ np.ones((1, 4), np.float32))
    covariance = low_rank.covariance.astype(np.float32).astype(np.float64)
    covariance[0, 1] *= 1 + 1e-8
    found = Moments(low_rank.mean, covariance, 50).checked()
    assert np.array_equal(found.covariance, found.covariance.T)
    assert found.n == 50
    assert not found.mean.flags.writeable
    assert not found.covariance.flags.writeable


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        (np.zeros(3), np.eye(2), r"covariance of shape \(d, d\), got \(3,\) and \(2, 2\)"),
        (np.zeros((1, 2)), np.eye(2), r"expected a mean of shape \(d,\)"),
        (np.zeros(0), np.zeros((0, 0)), "expected a mean"),
        (np.array([0.0, np.nan]), np.eye(2), "expected finite numbers"),
        (np.zeros(2), np.diag([1.0, np.inf]), "expected finite numbers"),
        (np.zeros(2), np.diag([1.0, 1e300]), r"expected finite numbers of at most 1e\+150"),
        (np.zeros(2), np.array([[1.0, 0.5], [0.2, 1.0]]), "symmetric covariance, got entries that .* 0.3"),
        (np.zeros(2), np.diag([1.0, -0.1]), "without negative eigenvalues, got -0.1"),
        (np.zeros(2), -np.eye(2), "without negative eigenvalues, got -1"),
    ],
)  # fmt: skip
def test_moments_that_no_features_have_are_refused(mean, covariance, message):
    with pytest.raises(Invalid, match=message):
        Moments(mean, covariance).checked()
