"""Contingency tables of pairs, beside SDMetrics, and scipy."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from genbench_table.columns.values import Column, columns_of
from genbench_table.pairs import contingency as module
from genbench_table.pairs.contingency import BINS, Coded, code_column, contingency
from numpy.random import default_rng
from scipy import stats


def numbers(real, fake):
    return Column("x", "number", (np.array(real, np.float64), np.array(fake, np.float64)))


def of_codes(seed, n=300, sizes=(3, 4)):
    rng = default_rng(seed)
    first = [rng.integers(0, sizes[0], n) for _ in range(2)]
    second = [(each + rng.integers(0, 2, n)) % sizes[1] for each in first]
    return Coded(*first, sizes[0]), Coded(*second, sizes[1])


def test_each_pair_has_the_similarity_of_sdmetrics(oracles, oracle_tables):
    columns = {
        column.name: column for column in columns_of(oracle_tables["train"], oracle_tables["synthetic"])
    }
    for record in oracles("contingency_similarity"):
        names = record["case"].removesuffix("/binned").split(",")
        found = contingency(*(code_column(columns[name], "real-range") for name in names))
        assert found.similarity == pytest.approx(record["value"], abs=record["tol"]), record


def test_bins_are_of_the_real_range_with_categories_for_what_is_outside_and_for_gaps():
    found = code_column(
        numbers([0, 100, 9.99, 10, np.nan], [-1, 0, 99, 100, 101, np.inf, np.nan]), "real-range"
    )
    assert found.real.tolist() == [1, BINS, 1, 2, BINS + 2]
    assert found.fake.tolist() == [0, 1, BINS, BINS, BINS + 1, BINS + 1, BINS + 2]
    assert found.size == BINS + 3


def test_sdmetrics_cuts_each_table_by_its_own_range_so_a_shift_is_not_seen():
    real = default_rng(0).uniform(size=100)
    shifted = numbers(real, real + 5)
    words = Coded(np.arange(100) % 3, np.arange(100) % 3, 3)
    assert contingency(code_column(shifted, "sdmetrics"), words).similarity == 1
    assert contingency(code_column(shifted, "real-range"), words).similarity == 0
    gaps = code_column(numbers([0, 10, np.nan], [0, 10, np.nan]), "sdmetrics")
    assert gaps.real.tolist() == [1, BINS + 1, BINS + 1]


def test_a_constant_column_and_one_without_values_have_codes():
    assert code_column(numbers([2, 2], [1, 2, 3]), "real-range").fake.tolist() == [0, BINS, BINS + 1]
    assert code_column(numbers([np.nan], [1, np.nan]), "real-range").fake.tolist() == [0, BINS + 2]
    for binning in ("real-range", "sdmetrics"):
        found = code_column(numbers([np.nan, np.inf], [3, np.nan]), binning)
        assert max(found.real.max(), found.fake.max()) < found.size


def test_a_gap_of_a_category_is_a_category():
    words = Column("c", "category", (np.array([0, -1, 1]), np.array([-1, -1, 2])), ("a", "b", "c"))
    found = code_column(words, "real-range")
    assert (found.real.tolist(), found.fake.tolist(), found.size) == ([0, 3, 1], [3, 3, 2], 4)


@pytest.mark.parametrize("seed", range(5))
def test_the_dependence_is_the_v_of_scipy(seed):
    one, other = of_codes(seed)
    found = contingency(one, other)
    for side, value in (("real", found.real), ("fake", found.fake)):
        counts = stats.contingency.crosstab(getattr(one, side), getattr(other, side)).count
        assert value == pytest.approx(stats.contingency.association(counts, method="cramer"), abs=1e-12)


def test_v_is_1_for_a_function_0_for_independence_and_0_for_a_constant():
    x = np.arange(12) % 3
    three, two = Coded(x, x, 3), Coded(np.arange(12) % 2, np.arange(12) % 2, 2)
    constant = Coded(np.zeros(12, int), np.zeros(12, int), 1)
    assert contingency(three, three).real == pytest.approx(1)
    assert contingency(three, two).real == pytest.approx(0, abs=1e-7)
    assert contingency(three, constant).real == 0


def test_the_similarity_is_symmetric_1_for_equal_tables_and_0_for_disjoint_ones():
    one, other = of_codes(0)
    assert contingency(one, other).similarity == pytest.approx(contingency(other, one).similarity)
    same = Coded(one.real, one.real, one.size), Coded(other.real, other.real, other.size)
    assert contingency(*same).similarity == 1
    x = np.arange(4) % 2
    assert (
        contingency(Coded(x, x, 2), Coded(x, 1 - x, 2)).similarity == 0
    )  # equal marginals, another dependence


def test_tables_with_more_cells_than_rows_are_counted_sparsely(monkeypatch):
    pairs = [of_codes(seed, n=50, sizes=(30, 40)) for seed in range(3)]
    sparse = [contingency(*pair) for pair in pairs]
    monkeypatch.setattr(module, "_DENSE", 10**9)
    for pair, found in zip(pairs, sparse, strict=True):
        assert astuple(found) == pytest.approx(astuple(contingency(*pair)), abs=1e-12)
    monkeypatch.setattr(module, "_DENSE", 4)
    many = np.arange(20_000)
    assert contingency(Coded(many, many, 10**9), Coded(many, many, 10**9)).similarity == 1  # 10^18 cells
