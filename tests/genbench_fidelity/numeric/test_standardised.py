"""Standardised rows and their distances."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import genbench_fidelity.numeric.standardised
import numpy as np
import pytest
from genbench_fidelity.numeric.standardised import Rows, spread, squared_distances, standard


@pytest.fixture(params=[16, 1024])
def _blocks(request, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", request.param)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("offset", [0, 1e4])
def test_columns_get_mean_nought_and_deviation_one(offset, rng):
    x = rng.standard_normal((70, 4)) * [1, 2, 30, 400] + offset
    found = standard(x)(x)
    assert found.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-9)
    assert found.std(axis=0, ddof=1) == pytest.approx(np.ones(4))


def test_a_column_of_one_value_keeps_its_unit():
    to = standard(np.full((30, 2), [0.1, 5.0], np.float32))
    assert to(np.array([[0.1, 7.0]])) == pytest.approx(np.array([[0.0, 2.0]]), abs=1e-6)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("in_memory", [10, 2**26])
def test_distances_are_those_of_plain_differences_in_memory_or_in_a_file(in_memory, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.standardised, "_IN_MEMORY", in_memory)
    x, y = 5 * rng.standard_normal((60, 7)) + 20, 5 * rng.standard_normal((45, 7)) + 20
    to, index = standard(x), rng.permutation(60)[:50]
    found = squared_distances(Rows(x, index), y, to)
    assert found == pytest.approx(np.square(to(x[index])[:, None] - to(y)).sum(axis=2), rel=1e-6)


@pytest.mark.parametrize("gap", [0, 1e-9, 1e-6, 1e-4, 1e-2])
def test_near_rows_have_exact_distances(gap, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.standardised, "_CHUNK", 64)
    x = rng.standard_normal((40, 200))
    to = standard(x)
    found = np.diag(squared_distances(x, x + gap * to.scale, to))
    assert found == pytest.approx(200 * gap**2, rel=1e-6)


def test_distances_beyond_float32_stay_finite():
    to = standard(np.array([[0.0], [1e-30]]))
    assert np.isfinite(squared_distances(np.zeros((1, 1)), np.ones((1, 1)), to)).all()


@pytest.mark.usefixtures("_blocks")
def test_the_spread_is_about_the_rows_own_mean(rng):
    x = rng.standard_normal((50, 3)) + 5
    rows, to = Rows(x, np.arange(40)), standard(x)
    assert spread(rows, to) == pytest.approx(np.square(to(x[:40]) - to(x[:40]).mean(axis=0)).sum(axis=1))
