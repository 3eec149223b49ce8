"""Ranges of numbers and dates, beside SDMetrics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals.ranges import boundary_adherence, range_coverage, ranges

from genbench import Samples, Undefined

REAL = np.array([0.0, 4.0, 10.0])


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


@pytest.mark.parametrize("metric", ["range_coverage", "boundary_adherence"])
def test_each_column_has_the_value_of_sdmetrics(oracles, oracle_tables, metric):
    score = ranges(oracle_tables["train"], oracle_tables["synthetic"])[metric.replace("_", "-")]
    assert list(score.extra["parts"]) == ["age", "education", "hours", "gain", "since"]
    for record in oracles(metric):
        assert score.extra["parts"][record["case"]] == pytest.approx(record["value"], abs=record["tol"])


@pytest.mark.parametrize(
    ("fake", "coverage", "adherence"),
    [
        ([0, 10], 1, 1),
        ([2, 5, 9], 0.7, 1),
        ([-5, 20], 1, 0),
        ([-5, 5, 5, 20], 1, 0.5),
        ([5], 0, 1),
        ([20, 30], 0, 0),
        ([-np.inf, 5], 0.5, 0.5),
    ],
)
def test_coverage_is_the_share_of_the_range_and_adherence_the_share_of_values(fake, coverage, adherence):
    fake = np.array(fake, np.float64)
    assert range_coverage(REAL, fake) == pytest.approx(coverage)
    assert boundary_adherence(REAL, fake) == pytest.approx(adherence)
    moved = 3 * REAL - 7, 3 * fake - 7
    assert (range_coverage(*moved), boundary_adherence(*moved)) == pytest.approx((coverage, adherence))


@pytest.mark.parametrize(("fake", "coverage"), [([2.0], 1), ([1.0, 3.0], 1), ([3.0, 4.0], 0)])
def test_a_constant_column_is_covered_by_fakes_around_its_value(fake, coverage):
    assert range_coverage(np.array([2.0, 2.0]), np.array(fake)) == coverage


def test_infinite_real_values_do_not_widen_the_range():
    real = np.array([-np.inf, *REAL, np.inf])
    assert range_coverage(real, np.array([0.0, 5.0])) == 0.5
    assert boundary_adherence(real, np.array([5.0, np.inf])) == 0.5
    assert boundary_adherence(np.array([np.inf]), np.array([np.inf, 1.0])) == 0.5


def test_a_table_without_numbers_has_no_value():
    words = table(c=["a", "b"], t=[True, False])
    with pytest.raises(Undefined, match="a column of numbers or dates"):
        ranges(words, words)


def test_the_mean_is_that_of_the_columns():
    found = ranges(table(x=REAL, y=REAL), table(x=REAL, y=[2.0, 5.0, 9.0]))
    assert found["range-coverage"].value == pytest.approx(0.85)
    assert found["boundary-adherence"].value == 1
