"""Distances of given pairs of rows, and rows that repeat others."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.numeric import screens as plain_distances
from genbench_fidelity.numeric.screens import differences, labels


@pytest.mark.parametrize("chunk", [1, 12, 2**21])
def test_distances_are_those_of_float64_whatever_the_chunk(chunk, rng, monkeypatch):
    monkeypatch.setattr(plain_distances, "CHUNK", chunk)
    x, y = rng.standard_normal((9, 4)).astype(np.float32), rng.standard_normal((7, 4)).astype(np.float32)
    i, j = rng.integers(9, size=20), rng.integers(7, size=20)
    found = differences(x, y, i, j)
    expected = np.square(x[i].astype(np.float64) - y[j].astype(np.float64)).sum(axis=1)
    assert found.dtype == np.float64
    assert found == pytest.approx(expected, rel=1e-14)


def test_rows_near_each_other_and_far_from_zero_lose_no_digit():
    x = np.array([[1e8, 1e8]])
    assert differences(x, x + 0.5, np.array([0]), np.array([0])).tolist() == [0.5]


def test_no_pairs_have_no_distance(rng):
    rows = rng.standard_normal((3, 2))
    assert differences(rows, rows, np.array([], int), np.array([], int)).shape == (0,)


def test_a_row_is_labelled_by_the_first_one_with_its_bytes():
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [0.0, 0.0], [-0.0, 0.0], [3.0, 4.0]])
    assert labels(rows).tolist() == [0, 1, 0, 3, 4, 1]  # a negative zero has other bytes
