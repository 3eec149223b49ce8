"""Correlations over rows that are complete in the pair, beside scipy and SDMetrics."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.pairs import correlation
from genbench_table.pairs.correlation import correlations
from numpy.random import default_rng
from scipy import stats


def with_gaps(n, d, share, seed=0):
    rng = default_rng(seed)
    columns = rng.normal(size=(d, n)) + rng.normal(size=n)
    columns[rng.uniform(size=(d, n)) < share] = np.nan
    return list(columns)


@pytest.mark.parametrize("coefficient", ["Pearson", "Spearman"])
def test_the_similarity_of_each_pair_is_that_of_sdmetrics_and_scipy(oracles, oracle_tables, coefficient):
    columns = [c for c in columns_of(oracle_tables["train"], oracle_tables["synthetic"]) if c.is_numeric]
    real, fake = (correlations([c.sides[side] for c in columns], coefficient.lower()) for side in (0, 1))
    place = {column.name: number for number, column in enumerate(columns)}
    records = [each for each in oracles("correlation_similarity") if each["case"].endswith(coefficient)]
    assert len(records) == 12
    for record in records:
        i, j = (place[name] for name in record["case"].partition("/")[0].split(","))
        assert 1 - abs(real[i, j] - fake[i, j]) / 2 == pytest.approx(record["value"], abs=record["tol"]), (
            record
        )


@pytest.mark.parametrize(
    ("coefficient", "reference"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)]
)
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_each_pair_uses_the_rows_that_are_complete_in_it(coefficient, reference, share):
    columns = with_gaps(60, 4, share)
    found = correlations(columns, coefficient)
    for i, j in itertools.combinations(range(4), 2):
        both = np.isfinite(columns[i]) & np.isfinite(columns[j])
        expected = reference(columns[i][both], columns[j][both])[0]
        assert found[i, j] == found[j, i] == pytest.approx(expected, abs=1e-12)


def test_blocks_of_rows_change_nothing(monkeypatch):
    columns = with_gaps(100, 5, 0.2)
    whole = correlations(columns)
    monkeypatch.setattr(correlation, "_BLOCK", 7)
    np.testing.assert_allclose(correlations(columns), whole, atol=1e-12)


def test_places_and_scales_of_columns_change_nothing_and_their_signs_only_the_sign():
    columns = with_gaps(80, 3, 0.2)
    moved = [1e6 + 3 * columns[0], -1e-9 * columns[1], 1e200 * columns[2]]
    signs = np.array([1, -1, 1])
    expected = correlations(columns) * np.outer(signs, signs)
    np.testing.assert_allclose(correlations(moved), expected, atol=1e-8)
    assert correlations([np.array([1.0, 2.0, 4.0]), np.array([-3.0, -6.0, -12.0])])[0, 1] == pytest.approx(-1)


@pytest.mark.parametrize("coefficient", ["pearson", "spearman"])
def test_a_constant_column_depends_on_nothing(coefficient):
    x = np.array([0.1, 0.2, 0.3, 0.7])
    assert correlations([x, np.full(4, 0.1)], coefficient)[0, 1] == 0
    part = np.array([0.1, 0.1, 0.1, 5.0])  # constant where the other column has values
    assert correlations([part, np.array([1.0, 2.0, 3.0, np.nan])], coefficient)[0, 1] == 0
    gaps = np.full(4, np.nan)
    assert correlations([x, gaps], coefficient)[0, 1] == 0
    assert correlations([x, np.array([np.nan, np.nan, np.nan, 1.0])], coefficient)[0, 1] == 0


def test_rows_without_a_far_outlier_keep_their_precision():
    """A product of matrices alone loses all digits: beside 1e9, the other values are nearly constant."""
    rng = default_rng(0)
    small = rng.normal(size=50)
    other = small + rng.normal(size=50)
    columns = [np.append(small, 1e9), np.append(other, np.nan)]
    assert correlations(columns)[0, 1] == pytest.approx(np.corrcoef(small, other)[0, 1], abs=1e-6)


def test_infinite_values_are_gaps():
    x, y = np.array([1.0, 2.0, 4.0, np.inf]), np.array([2.0, 3.0, 9.0, 1.0])
    assert correlations([x, y])[0, 1] == pytest.approx(np.corrcoef(x[:3], y[:3])[0, 1])
