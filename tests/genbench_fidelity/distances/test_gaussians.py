"""Gaussians of features and the Fréchet distance of Gaussians."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.gaussians import Gaussian, frechet_distance

from genbench import Moments, Undefined


@pytest.mark.parametrize(("n", "d"), [(60, 5), (6, 5), (5, 5), (3, 8)])
def test_moments_are_numpy_s_with_rows_instead_of_a_covariance_where_these_are_fewer(n, d, rng):
    x = rng.standard_normal((n, d)) + 3
    moments = Gaussian.of(x)
    covariance = np.cov(x, rowvar=False)
    assert moments.mean == pytest.approx(x.mean(axis=0))
    assert moments.trace == pytest.approx(np.trace(covariance))
    assert (moments.covariance is None) == (n <= d)
    assert moments.root.T @ moments.root == pytest.approx(covariance, abs=1e-12)
    if moments.covariance is not None:
        assert np.triu(moments.covariance) == pytest.approx(np.triu(covariance))


def test_the_root_of_a_covariance_has_as_many_rows_as_its_rank(rng):
    x = rng.standard_normal((50, 3)) @ rng.standard_normal((3, 8))
    root = Gaussian.of(x).root
    assert root.shape == (3, 8)
    assert root.T @ root == pytest.approx(np.cov(x, rowvar=False), abs=1e-10)


def test_sides_with_and_without_a_covariance_are_compared_as_well(rng):
    x, y = rng.standard_normal((50, 6)), rng.standard_normal((4, 6))
    a, b = (side - side.mean(axis=0) for side in (x, y))
    traces = np.square(a).sum() / 49 + np.square(b).sum() / 3
    gap = np.square(x.mean(axis=0) - y.mean(axis=0)).sum()
    expected = gap + traces - 2 * np.linalg.norm(a @ b.T, "nuc") / np.sqrt(49 * 3)
    for sides in ((x, y), (y, x)):
        assert frechet_distance(*map(Gaussian.of, sides)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("smallest", [1e-6, 1e-8, 1e-10, 1e-12])
def test_rounding_costs_at_most_a_billionth_of_the_traces(smallest, rng):
    """Where three directions of four hardly vary, the faster routes lose more than that."""
    basis = np.linalg.qr(rng.standard_normal((40, 40)))[0]
    a = np.repeat([1, smallest], [10, 30])
    real, fake = (
        Gaussian(
            np.zeros(40), float(b.sum()), np.asfortranarray(basis @ np.diag(b) @ basis.T), np.empty((0, 40))
        )
        for b in (a, 2 * a)
    )
    expected = np.square(np.sqrt(a) - np.sqrt(2 * a)).sum()
    assert abs(frechet_distance(real, fake) - expected) <= 1e-9 * 3 * a.sum()


@pytest.mark.parametrize(("n", "rel"), [(400, 1e-9), (20, 1e-6)])
def test_moments_stand_for_the_rows_that_they_come_from(n, rel, rng):
    real, fake = rng.normal(size=(n, 30)), rng.normal(0.5, 1.0, (300, 30))
    of_rows, of_moments, other = map(Gaussian.of, (real, Moments.of(real), fake))
    expected = frechet_distance(of_rows, other)
    assert frechet_distance(of_moments, other) == pytest.approx(expected, rel=rel)


def test_moments_that_would_overflow_are_undefined():
    for given in (Moments(np.full(2, 1e50), np.eye(2)), Moments(np.zeros(2), 1e100 * np.eye(2))):
        with pytest.raises(Undefined, match="moments of real reach those of features of 1e\\+50"):
            Gaussian.of(given)
