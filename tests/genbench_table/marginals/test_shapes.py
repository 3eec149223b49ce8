"""Distributions of single columns, beside SDMetrics, scipy and synthcity."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of, present
from genbench_table.marginals.shapes import category_shares, ks_complement, shapes, tv_complement
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genbench import Samples, Undefined

NUMBERS = st.lists(st.integers(0, 9), min_size=2, max_size=30).map(lambda each: np.array(each, np.float64))


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def parts(tables, fake="synthetic"):
    return shapes(tables["train"], tables[fake]).extra["parts"]


def test_distributions_of_numbers_and_dates_are_as_similar_as_in_sdmetrics_and_scipy(oracles, oracle_tables):
    found = parts(oracle_tables)
    for record in oracles("ks_complement"):
        assert found[record["case"]] == pytest.approx(record["value"], abs=record["tol"]), record


def test_the_shares_of_categories_are_as_similar_as_in_sdmetrics(oracles, oracle_tables):
    """A category that the real table lacks has the share 0 here, and 1e-6 of a row in SDMetrics."""
    found = parts(oracle_tables)
    for record in oracles("tv_complement"):
        assert found[record["case"]] == pytest.approx(record["value"], abs=record["tol"]), record


@pytest.mark.parametrize(("case", "fake"), [("train,syn", "synthetic"), ("train,holdout", "holdout")])
@pytest.mark.parametrize("metric", ["quality_report", "quality_report_all_pairs"])
def test_the_mean_is_column_shapes_of_sdmetrics(oracles, oracle_tables, case, fake, metric):
    (record,) = (record for record in oracles(metric) if record["case"] == case)
    score = shapes(oracle_tables["train"], oracle_tables[fake])
    assert score.value == pytest.approx(record["value"]["Column Shapes"], abs=record["tol"])
    columns = record["value"]["details"].get("Column Shapes", {})
    assert score.extra["parts"] == pytest.approx({**score.extra["parts"], **columns}, abs=2e-9)


def test_the_mean_ks_complement_of_encoded_rows_is_that_of_synthcity(oracles, encoded):
    (record,) = oracles("synthcity_ks_test")
    real, fake = encoded["real"].astype(np.float64), encoded["syn"].astype(np.float64)
    found = np.mean([ks_complement(one, other) for one, other in zip(real.T, fake.T, strict=True)])
    assert found == pytest.approx(record["value"]["marginal"], abs=record["tol"])


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_the_chi_squared_p_value_of_the_shares_is_that_of_sdmetrics(oracles, oracle_tables):
    """It is no metric here: SDMetrics computes it of shares instead of counts, so it is no p-value."""
    columns = {
        column.name: column for column in columns_of(oracle_tables["train"], oracle_tables["synthetic"])
    }
    for record in oracles("cs_test"):
        with_gaps = [side + (record["case"] == "region") for side in columns[record["case"]].sides]
        real, fake = category_shares(*map(present, with_gaps))
        found = stats.chisquare(fake, real).pvalue
        assert found == pytest.approx(record["value"], abs=record["tol"]), record


@given(NUMBERS, NUMBERS)
def test_the_ks_complement_is_that_of_scipy_with_ties(real, fake):
    expected = 1 - stats.ks_2samp(real, fake, method="asymp").statistic
    assert ks_complement(real, fake) == pytest.approx(expected, abs=1e-15)


@given(NUMBERS, NUMBERS)
def test_similarities_are_symmetric_and_do_not_change_under_increasing_maps(real, fake):
    assert ks_complement(real, fake) == ks_complement(fake, real)
    assert ks_complement(np.exp(real), np.exp(fake)) == ks_complement(real, fake)
    one, other = real.astype(np.int64), fake.astype(np.int64)
    assert tv_complement(one, other) == pytest.approx(tv_complement(other, one), abs=1e-15)
    assert tv_complement(9 - one, 9 - other) == pytest.approx(tv_complement(one, other), abs=1e-15)
    assert tv_complement(one, other) <= ks_complement(real, fake) + 1e-12  # KS <= TV


def test_equal_tables_score_1_and_disjoint_ones_0():
    one = table(x=[1.0, 2.0], c=["a", "b"], t=[True, True], d=pd.to_datetime(["2020-01-01", "2020-01-02"]))
    far = table(x=[3.0, 4.0], c=["c", "d"], t=[False, False], d=pd.to_datetime(["2021-01-01", "2021-01-02"]))
    assert shapes(one, one).value == 1
    assert shapes(one, far).value == 0


def test_a_shift_by_half_of_a_uniform_law_costs_half():
    even = np.arange(1000.0)
    assert ks_complement(even, even + 500) == pytest.approx(0.5)
    assert tv_complement(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])) == pytest.approx(0.75)


def test_infinite_values_have_their_place_in_the_order():
    assert ks_complement(np.array([-np.inf, 0, np.inf]), np.array([0, 0, np.inf])) == pytest.approx(2 / 3)


def test_gaps_do_not_count_and_a_table_of_gaps_has_no_value():
    gaps = pd.Series([None, None, None], dtype=object)
    one = table(x=[1.0, 2.0, np.nan], c=pd.Series(["a", None, "b"], dtype=object))
    other = table(x=[1.0, np.nan, 2.0], c=pd.Series(["a", "b", None], dtype=object))
    assert shapes(one, other).value == 1
    with pytest.raises(Undefined, match="all are missing"):
        shapes(table(c=gaps), table(c=gaps))


def test_a_fake_column_without_values_scores_0():
    one = table(x=[1.0, 2.0], c=["a", "b"])
    none = table(x=[np.nan, np.nan], c=["a", "b"])
    assert shapes(one, none).extra["parts"] == {"x": 0.0, "c": 1.0}


def test_columns_shuffled_one_by_one_score_1(oracle_tables):
    train = oracle_tables["train"]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.permutation(column) for name, column in train.data.items()})
    shuffled = Samples.of("table", frame.astype(train.data.dtypes))
    assert shapes(train, shuffled).value == pytest.approx(1)
