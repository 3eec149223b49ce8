"""Nearest rows and balls equal those of plain float64 differences, ties and copies included."""

from __future__ import annotations

import tracemalloc

import genbench_fidelity.numeric.arrays
import genbench_fidelity.numeric.neighbours
import numpy as np
import pytest
from genbench_fidelity.numeric.neighbours import blocks, kth_nearest, radii
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


@settings(max_examples=60)
@given(GRIDS, GRIDS, st.integers(1, 11), st.booleans())
def test_ties_and_copies_are_decided_as_by_plain_differences(x, y, k, strict):
    distances = np.sort(plain(x, x), axis=1)
    assert np.array_equal(radii(x, k), distances[:, k])
    limits = distances[:, k]
    expected = plain(x, y) < limits[:, None] if strict else plain(x, y) <= limits[:, None]
    assert np.array_equal(membership(x, y, limits, strict=strict), expected)


@settings(max_examples=60)
@given(GRIDS, GRIDS, st.integers(1, 12))
def test_the_kth_nearest_row_is_the_first_of_equally_near_ones(x, y, k):
    squares, index = kth_nearest(x, y, k)
    expected = plain(x, y)
    order = np.argsort(expected, axis=1, kind="stable")[:, k - 1]
    assert np.array_equal(squares, expected[np.arange(12), order])
    apart = squares > 0
    assert np.array_equal(index[apart], order[apart])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0, 1e6])
@pytest.mark.parametrize("k", [1, 6, 200])
def test_bounds_of_both_types_lead_to_the_same_neighbours(dtype, offset, k, rng):
    x = rng.standard_normal((300, 40)) + offset
    y = rng.standard_normal((200, 40)) + offset
    squares, index = kth_nearest(x, y, k, dtype)
    assert squares == pytest.approx(np.sort(plain(x, y), axis=1)[:, k - 1], rel=1e-12)
    assert np.array_equal(index, np.argsort(plain(x, y), axis=1)[:, k - 1])


@pytest.mark.parametrize("types", [(np.float32, np.float64), (np.float64, np.float32)])
def test_sides_of_two_types_are_centred_alike(types, rng):
    x, y = (side.astype(t) for side, t in zip(rng.standard_normal((2, 90, 6)) / 3 + 1e4, types, strict=True))
    expected = plain(x.astype(float), y.astype(float))
    assert kth_nearest(x, y, 3)[0] == pytest.approx(np.sort(expected, axis=1)[:, 2], rel=1e-12)


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
    expected = limits, membership(x, y, limits, strict=True), kth_nearest(y, x, 2)[0]
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    found = radii(x, 5), membership(x, y, limits, strict=True), kth_nearest(y, x, 2)[0]
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_memory_stays_far_below_a_matrix_of_all_pairs(rng):
    x, y = rng.standard_normal((2, 4000, 16)).astype(np.float32)
    tracemalloc.start()
    limits = radii(x, 5)
    held = sum(block.within(limits[block.rows, None], strict=True).sum() for block in blocks(x, y))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held > 0
    assert peak < 4000 * 4000 * 4 / 2


@pytest.mark.parametrize("k", [1, 5, 60])
def test_rows_whose_neighbours_are_nearly_all_ties_are_settled_exactly(k, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", 64)
    monkeypatch.setattr(genbench_fidelity.numeric.neighbours, "CHUNK", 1000)
    x, y = (rng.random((2, 150, 9)) < 0.5).astype(np.float32)
    x[::3] += np.float32(2**-20)
    expected = np.sort(plain(x.astype(float), y.astype(float)), axis=1)
    assert np.array_equal(kth_nearest(x, y, k)[0], expected[:, k - 1])
    assert np.array_equal(radii(x, k), np.sort(plain(x.astype(float), x.astype(float)), axis=1)[:, k])


def test_a_collapsed_set_has_radius_zero_and_holds_only_its_copies(rng):
    x = np.repeat(rng.standard_normal((5, 30)), 100, axis=0)
    assert not radii(x, 5).any()
    near = x + 1e-9
    assert membership(x, x, np.zeros(500), strict=False).sum() == 5 * 100 * 100
    assert membership(x, near, np.zeros(500), strict=False).sum() == 0
    assert membership(x, x, np.zeros(500), strict=True).sum() == 0
