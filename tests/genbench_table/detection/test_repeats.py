"""Fakes that repeat one another."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.detection.c2st import caution_of_repeats, copies_of_rows, repeated_share

RNG = np.random.default_rng(0)


def test_each_row_counts_its_equals_and_gaps_are_equal():
    rows = np.array([[1.0, 2.0], [np.nan, 2.0], [1.0, 2.0], [np.nan, 2.0], [1.0, 2.0], [1.0, np.nan]])
    assert copies_of_rows(rows).tolist() == [2, 1, 2, 1, 2, 0]


def test_the_share_of_fewer_rows_is_that_of_random_ones():
    """Of 6 rows, 2 equal each other: both are among 3 in 4 of 20 draws, and are then 2 of 3 rows."""
    copies = np.array([1, 1, 0, 0, 0, 0])
    assert repeated_share(copies, 6) == pytest.approx(1 / 3)
    assert repeated_share(copies, 3) == pytest.approx(4 / 20 * 2 / 3)
    assert repeated_share(np.array([0]), 1) == 0


@pytest.mark.parametrize(("repeats", "is_warned"), [(0, False), (9, False), (16, True), (500, True)])
def test_repeats_that_real_rows_lack_are_named(repeats, is_warned):
    """2 * repeats of 1,000 fakes equal another one: 1.8 % are too few."""
    real, fresh = RNG.normal(size=(1000, 2)), RNG.normal(size=(1000, 2))
    fakes = np.concatenate([fresh[: 1000 - repeats], fresh[:repeats]])
    found = caution_of_repeats(real, fakes)
    assert bool(found) == is_warned
    if is_warned:
        assert found["warning"] == (
            f"{2 * repeats / 1000:.0%} of the fakes equal another fake: the trees recognise these, so c2st "
            "is above what single rows would give"
        )


@pytest.mark.parametrize(("n", "m"), [(60, 60), (500, 500), (100, 2000), (2000, 100)])
@pytest.mark.parametrize("values", [5, 30, 300])
def test_fresh_rows_of_tables_with_few_values_repeat_as_real_rows_do(n, m, values):
    """2,000 fakes repeat one another more often than 100 real rows, as they should."""
    for _ in range(10):
        real, fakes = (RNG.integers(values, size=(size, 2)) + 0.0 for size in (n, m))
        assert caution_of_repeats(real, fakes) == {}


def test_a_file_that_holds_all_rows_twice_is_seen_beside_half_as_many_real_rows():
    real, fresh = RNG.normal(size=(300, 2)), RNG.normal(size=(300, 2))
    assert "100% of the fakes" in caution_of_repeats(real, np.concatenate([fresh, fresh]))["warning"]
