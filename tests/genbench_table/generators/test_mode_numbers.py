from __future__ import annotations

import numpy as np
import pytest
from genbench_table.generators.tvae import fit_modes


def test_two_modes_are_found_and_their_numbers_given_back():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(-50, 1, 300), rng.normal(70, 4, 300)])
    modes = fit_modes(values, 10, rng)
    near = [np.abs(modes.means - centre).min() for centre in (-50, 70)]
    assert max(near) < 3
    assert (np.sign(modes.means[modes.codes]) == np.sign(values)).all()
    inside = np.abs(modes.places) < 1
    assert inside.mean() > 0.99
    np.testing.assert_allclose(modes.numbers(modes.codes, modes.places)[inside], values[inside])


def test_a_gap_has_a_code_of_its_own_and_is_nan_again():
    modes = fit_modes(np.array([1.0, np.nan, 2.0, 1.5, np.nan]), 2, np.random.default_rng(0))
    assert (modes.codes == len(modes.means)).tolist() == [False, True, False, False, True]
    found = modes.numbers(modes.codes, modes.places)
    assert np.isnan(found).tolist() == [False, True, False, False, True]


def test_numbers_stay_within_the_known_range():
    modes = fit_modes(np.array([1.0, 2.0, 3.0, 4.0]), 1, np.random.default_rng(0))
    assert modes.numbers(np.array([0, 0]), np.array([-9.0, 9.0])).tolist() == [1.0, 4.0]


@pytest.mark.parametrize("value", [0.0, -3.5, 1e12])
def test_a_constant_column_gives_its_value(value):
    modes = fit_modes(np.full(20, value), 10, np.random.default_rng(0))
    assert modes.numbers(modes.codes, modes.places) == pytest.approx(np.full(20, value))
