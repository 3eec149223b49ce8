"""Bounds of squared distances, and decisions that they leave to plain sums."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.numeric.screens import Screen, blocks, screens


def plain(x, y):
    return np.square(x[:, None, :].astype(np.float64) - y[None, :, :].astype(np.float64)).sum(axis=2)


def joined(x, y, part):
    """Return (n, m) of a part (r, c) of each block."""
    found = np.full((len(x), len(y)), np.nan)
    for block in blocks(x, y):
        found[block.rows, block.cols] = part(block)
    return found


@pytest.mark.parametrize("offset", [0, 1e3])
@pytest.mark.parametrize("d", [3, 200])
def test_bounds_lie_below_the_distances_by_no_more_than_the_slack(d, offset, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", 16)
    x = (rng.standard_normal((40, d)) + offset).astype(np.float32)
    y = (rng.standard_normal((30, d)) + offset).astype(np.float32)
    lower = joined(x, y, lambda block: block.lower)
    slack = joined(x, y, lambda block: block.x.slack[block.rows, None] + block.y.slack[block.cols])
    assert (lower <= plain(x, y)).all()
    assert (plain(x, y) <= lower + slack).all()
    assert slack.max() < 1e-3 * plain(x, y).max()


@pytest.mark.parametrize("strict", [True, False])
def test_a_distance_that_equals_its_limit_is_decided_exactly(strict, rng):
    x, y = rng.integers(-3, 4, (2, 20, 5)).astype(np.float64)
    limits = plain(x, y)[np.arange(20), rng.permutation(20)][:, None]
    found = joined(x, y, lambda block: block.within(limits[block.rows], strict=strict)).astype(bool)
    assert np.array_equal(found, plain(x, y) < limits if strict else plain(x, y) <= limits)


def test_blocks_of_one_array_are_on_and_above_the_diagonal_where_only_these_are_asked_for(rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", 10)
    x = rng.standard_normal((25, 3))
    found = [(block.rows.start, block.cols.start) for block in blocks(x, x, upper_only=True)]
    assert found == [(0, 0), (0, 10), (0, 20), (10, 10), (10, 20), (20, 20)]


@pytest.mark.parametrize(("largest", "dtype"), [(1e14, np.float32), (1e16, np.float64)])
def test_bounds_are_float32_only_where_squares_fit(largest, dtype, rng):
    x, y = rng.standard_normal((4, 2)), rng.standard_normal((5, 2))
    y[3, 1] = -largest
    assert {screen.low.dtype for screen in screens(x, y)} == {np.dtype(dtype)}
    assert {screen.low.dtype for screen in screens(x, y, np.float64)} == {np.dtype(np.float64)}


def test_one_array_has_one_screen(rng):
    x = rng.standard_normal((4, 2))
    one, other = screens(x, x)
    assert one is other
    one, other = screens(x, x.copy())
    assert one is not other


def test_distances_of_rows_that_repeat_are_computed_once(rng, monkeypatch):
    x = np.repeat(rng.standard_normal((2, 3)), 10, axis=0)
    screen = Screen.of(x, np.zeros(3))
    i, j = (index.ravel() for index in np.indices((20, 20)))
    asked = []
    whole = genbench_fidelity.numeric.screens.differences
    monkeypatch.setattr(
        genbench_fidelity.numeric.screens,
        "differences",
        lambda *args: asked.append(len(args[2])) or whole(*args),
    )
    assert screen.differences(screen, i, j) == pytest.approx(plain(x, x).ravel())
    assert asked == [4]
