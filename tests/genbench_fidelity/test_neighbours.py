"""Nearest rows and balls equal those of plain float64 differences, ties and copies included."""

from __future__ import annotations

import tracemalloc

import genbench_fidelity.arrays
import numpy as np
import pytest
from genbench_fidelity.neighbours import blocks, nearest, radii
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

# Few values, so that rows repeat and distances tie.
GRIDS = stn.arrays(np.float64, (12, 3), elements=st.integers(-2, 2).map(float))


def plain(x, y):
    return np.square(x[:, None, :] - y[None, :, :]).sum(axis=2)


def membership(x, y, limits, *, strict):
    found = np.zeros((len(x), len(y)), bool)
    for block in blocks(x, y):
        found[block.rows, block.cols] = block.within(limits[block.rows, None], strict=strict)
    return found


@settings(max_examples=60, deadline=None)
@given(GRIDS, GRIDS, st.integers(1, 11), st.booleans())
def test_ties_and_copies_are_decided_as_by_plain_differences(x, y, k, strict):
    distances = np.sort(plain(x, x), axis=1)
    assert np.array_equal(radii(x, k), distances[:, k])
    limits = distances[:, k]
    expected = plain(x, y) < limits[:, None] if strict else plain(x, y) <= limits[:, None]
    assert np.array_equal(membership(x, y, limits, strict=strict), expected)


@settings(max_examples=60, deadline=None)
@given(GRIDS, GRIDS)
def test_the_nearest_row_is_the_first_of_equally_near_ones(x, y):
    squares, index = nearest(x, y, 1)
    expected = plain(x, y)
    assert np.array_equal(squares[:, 0], expected.min(axis=1))
    apart = squares[:, 0] > 0
    assert np.array_equal(index[apart, 0], expected.argmin(axis=1)[apart])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0, 1e6])
def test_bounds_of_both_types_lead_to_the_same_neighbours(dtype, offset, rng):
    x = rng.standard_normal((300, 40)) + offset
    y = rng.standard_normal((200, 40)) + offset
    squares, index = nearest(x, y, 6, dtype)
    expected = np.sort(plain(x, y), axis=1)[:, :6]
    assert squares == pytest.approx(expected, rel=1e-12)
    assert np.array_equal(index, np.argsort(plain(x, y), axis=1)[:, :6])


@pytest.mark.parametrize("scale", [1e-30, 1e-8, 1.0, 1e30, 1e140])
def test_neighbours_do_not_depend_on_the_scale(scale, rng):
    x = rng.standard_normal((60, 5))
    assert radii(x * scale, 3) == pytest.approx(np.sort(plain(x, x), axis=1)[:, 3] * scale**2, rel=1e-9)


def test_one_far_outlier_does_not_blur_the_others(rng):
    x = rng.standard_normal((200, 8))
    x[17] = 1e9
    expected = np.sort(plain(x, x), axis=1)
    assert radii(x, 3) == pytest.approx(expected[:, 3], rel=1e-12)
    limits = expected[:, 3] * (1 + 1e-9)
    assert np.array_equal(membership(x, x, limits, strict=False), plain(x, x) <= limits[:, None])


@pytest.mark.parametrize("rows", [1, 7, 32, 1000])
def test_answers_do_not_depend_on_the_size_of_blocks(rows, rng, monkeypatch):
    x, y = rng.integers(0, 3, (2, 50, 4)).astype(float)
    limits = radii(x, 5)
    expected = limits, membership(x, y, limits, strict=True), *nearest(y, x, 2)
    monkeypatch.setattr(genbench_fidelity.arrays, "BLOCK", rows)
    found = radii(x, 5), membership(x, y, limits, strict=True), *nearest(y, x, 2)
    assert all(np.array_equal(a, b) for a, b in zip(found[:3], expected[:3], strict=True))


def test_memory_stays_far_below_a_matrix_of_all_pairs(rng):
    x, y = rng.standard_normal((2, 4000, 16)).astype(np.float32)
    tracemalloc.start()
    limits = radii(x, 5)
    held = sum(block.within(limits[block.rows, None], strict=True).sum() for block in blocks(x, y))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held > 0
    assert peak < 4000 * 4000 * 4 / 2


def test_a_collapsed_set_has_radius_zero_and_holds_only_its_copies(rng):
    x = np.repeat(rng.standard_normal((5, 30)), 100, axis=0)
    assert not radii(x, 5).any()
    near = x + 1e-9
    assert membership(x, x, np.zeros(500), strict=False).sum() == 5 * 100 * 100
    assert membership(x, near, np.zeros(500), strict=False).sum() == 0
    assert membership(x, x, np.zeros(500), strict=True).sum() == 0
