"""Density and coverage: expectations at equal laws, faults they must show, and open balls."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.manifolds.density_coverage import density_coverage
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from genbench.core.errors import Undefined

GRIDS = stn.arrays(np.float64, (9, 2), elements=st.integers(-2, 2).map(float))


@settings(max_examples=60)
@given(GRIDS, GRIDS, st.integers(1, 8))
def test_they_are_the_definition_written_out(real, fake, k):
    own = np.sort(np.square(real[:, None] - real[None]).sum(axis=2), axis=1)[:, k]
    inside = np.square(real[:, None] - fake[None]).sum(axis=2) < own[:, None]
    found = density_coverage(real, fake, k=k)
    assert found["density"] == pytest.approx(inside.sum() / (k * 9), rel=1e-12)
    assert found["coverage"] == inside.any(axis=1).mean()


def test_equal_laws_have_the_expected_density_and_coverage(rng):
    real, fake = rng.standard_normal((2, 3000, 6))
    found = density_coverage(real, fake)
    assert found["density"] == pytest.approx(1, abs=0.03)
    assert found["coverage"] == pytest.approx(1 - 2**-5, abs=0.01)


@pytest.mark.parametrize("rows", [16, 1024])
def test_a_set_against_itself_scores_one_on_both_in_any_number_of_blocks(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    real = rng.standard_normal((200, 4))
    assert density_coverage(real, real) == {"density": 1, "coverage": 1}


def test_dropped_modes_lower_coverage_and_a_crowded_centre_raises_density(rng):
    real = np.repeat(30 * np.eye(10), 40, axis=0) + rng.standard_normal((400, 10))
    fake = np.repeat(30 * np.eye(10)[:3], 133, axis=0) + 0.3 * rng.standard_normal((399, 10))
    found = density_coverage(real, fake)
    assert found["coverage"] < 0.35
    assert found["density"] > 2


def test_density_counts_for_each_fake_however_many_real_samples_there_are():
    """Both fakes lie in the balls of radius 1 around 0 and 1, and not in that of radius 19 around 20."""
    real, fake = np.array([[0.0], [1.0], [20.0]]), np.array([[0.5], [0.5]])
    assert density_coverage(real, fake, k=1) == {"density": 2, "coverage": 2 / 3}


def test_a_ball_leaves_out_its_edge():
    real = np.array([[0.0], [1.0]])
    assert density_coverage(real, np.array([[-1.0], [2.0]]), k=1) == {"density": 0, "coverage": 0}


def test_duplicated_real_samples_have_balls_that_hold_nothing():
    real = np.zeros((8, 3))
    assert density_coverage(real, real) == {"density": 0, "coverage": 0}


def test_it_is_undefined_without_more_real_samples_than_k_or_two_fakes(rng):
    with pytest.raises(Undefined, match="k = 5 needs at least 6 samples; real has 5"):
        density_coverage(rng.standard_normal((5, 2)), rng.standard_normal((9, 2)))
    with pytest.raises(Undefined, match="fake has 1"):
        density_coverage(rng.standard_normal((9, 2)), np.zeros((1, 2)))
