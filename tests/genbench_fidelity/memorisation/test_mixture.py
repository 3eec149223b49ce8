"""Mixtures of Gaussians with a bandwidth each."""

from __future__ import annotations

import genbench_fidelity.memorisation.fld
import numpy as np
import pytest
from genbench_fidelity.memorisation.fld import fit_bandwidths, mean_nll
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def squares_of(x, y):
    return np.square(x[:, None] - y).sum(axis=2)


@pytest.fixture
def rows(rng):
    return rng.standard_normal((120, 3))


@pytest.mark.parametrize("chunk", [50, 2**20])
def test_the_likelihood_is_scipy_s(chunk, rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_CHUNK", chunk)
    centres, logs = rng.standard_normal((8, 3)), rng.standard_normal(8)
    each = [multivariate_normal(c, np.exp(s)).logpdf(rows) for c, s in zip(centres, logs, strict=True)]
    expected = -logsumexp(np.array(each) - np.log(8), axis=0).mean() / 3
    assert mean_nll(squares_of(rows, centres), logs, 3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("chunk", [50, 2**20])
def test_the_gradient_is_that_of_the_loss(chunk, rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_CHUNK", chunk)
    squares, spread = squares_of(rows, rng.standard_normal((6, 3))), np.square(rows).sum(axis=1)
    logs = rng.standard_normal(7)
    _, gradient = genbench_fidelity.memorisation.fld._loss(squares, spread, logs, 3)
    for j in range(7):
        ends = [genbench_fidelity.memorisation.fld._loss(squares, spread, logs + h * np.eye(7)[j], 3)[0]
                for h in (-1e-6, 1e-6)]  # fmt: skip
        assert (ends[1] - ends[0]) / 2e-6 == pytest.approx(gradient[j], rel=1e-4, abs=1e-9)


def test_one_centre_gets_the_mean_square_of_its_rows(rng):
    rows = np.array([[0.5, 0.0]]) + 0.01 * rng.standard_normal((500, 2))
    squares = squares_of(rows, np.zeros((1, 2)))
    logs = fit_bandwidths(squares, squares_of(rows, rows.mean(axis=0)[None])[:, 0] + 1e6, 2)
    assert np.exp(logs[0]) == pytest.approx(squares.mean() / 2, rel=0.1)


def test_fitting_makes_the_rows_likelier_than_any_common_bandwidth(rows, rng):
    centres = np.concatenate([rng.standard_normal((30, 3)), 10 + rng.standard_normal((10, 3))])
    squares = squares_of(rows, centres)
    fitted = mean_nll(squares, fit_bandwidths(squares, squares_of(rows, rows.mean(axis=0)[None])[:, 0], 3), 3)
    assert fitted < min(mean_nll(squares, np.full(40, log), 3) for log in np.linspace(-5, 5, 21))


def test_batches_and_one_batch_end_near_each_other(rows, rng, monkeypatch):
    squares = squares_of(rows, rng.standard_normal((30, 3)))
    spread = np.square(rows - rows.mean(axis=0)).sum(axis=1)
    whole = mean_nll(squares, fit_bandwidths(squares, spread, 3), 3)
    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_BATCH", 40)
    assert mean_nll(squares, fit_bandwidths(squares, spread, 3), 3) == pytest.approx(whole, abs=0.02)


def test_a_fit_that_does_not_settle_ends_after_fifty_passes(rows, monkeypatch):
    """As in the authors' code. Copies pull their bandwidths down for as long as they are fitted."""
    losses, loss = [], genbench_fidelity.memorisation.fld._loss

    def noted(*arguments):
        found = loss(*arguments)
        losses.append(found[0])
        return found

    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_loss", noted)
    fit_bandwidths(squares_of(rows, rows), np.square(rows).sum(axis=1), 3)
    assert len(losses) == 50
    assert losses[-5] - losses[-1] > 5e-4


def test_the_component_that_no_centre_has_sees_rows_at_nine_tenths_of_their_length(rows, monkeypatch):
    """As in the authors' code: squares shrink to 0.81, batch by batch."""
    seen, loss = [], genbench_fidelity.memorisation.fld._loss

    def noted(squares, spread, logs, d):
        seen.append(spread)
        return loss(squares, spread, logs, d)

    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_loss", noted)
    monkeypatch.setattr(genbench_fidelity.memorisation.fld, "_BATCH", 50)
    spread = np.square(rows).sum(axis=1)
    fit_bandwidths(squares_of(rows, rows), spread, 3)
    assert [len(part) for part in seen[:3]] == [50, 50, 20]
    np.testing.assert_allclose(np.concatenate(seen[:3]), 0.9**2 * spread, rtol=1e-12)


def test_bandwidths_of_copies_stay_within_their_bounds(rows):
    logs = fit_bandwidths(squares_of(rows, rows), np.square(rows).sum(axis=1), 3)
    assert logs.min() >= -40
    assert logs.max() < -20
