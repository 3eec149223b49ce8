"""Pair trends, beside SDMetrics, under shuffled columns and for odd tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.pairs.trends import pair_trends, pair_trends_strong
from numpy.random import default_rng

from genbench import Samples, Undefined

BOTH = pytest.mark.parametrize("metric", [pair_trends, pair_trends_strong])
CASES = pytest.mark.parametrize(("case", "fake"), [("train,syn", "synthetic"), ("train,holdout", "holdout")])


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def dependent(seed, n=500):
    """Return a table whose numbers, categories and dates follow one number."""
    rng = default_rng(seed)
    x = rng.normal(size=n)
    return table(
        x=x,
        y=x + 0.3 * rng.normal(size=n),
        c=np.digitize(x, [-1, 0, 1]).astype(str).astype(object),
        t=x > 0,
        since=pd.Timestamp("2020-01-01") + pd.to_timedelta((100 * x).round(), unit="D"),
    )


def shuffled(samples, seed):
    rng = default_rng(seed)
    frame = pd.DataFrame(
        {name: each.take(rng.permutation(len(each))).array for name, each in samples.data.items()}
    )
    return Samples(frame, samples.space)


def named(score):
    """Return the similarity of each pair that counts, by the names of its columns."""
    names, values = score.extra["pairs"]["names"], score.extra["pairs"]["values"]
    pairs = {
        f"{names[i]},{names[j]}": values[i][j] for i in range(len(names)) for j in range(i + 1, len(names))
    }
    return {pair: value for pair, value in pairs.items() if value is not None}


@CASES
def test_the_mean_of_all_pairs_is_that_of_sdmetrics_before_2026(oracles, oracle_tables, case, fake):
    (record,) = (record for record in oracles("quality_report_all_pairs") if record["case"] == case)
    score = pair_trends(oracle_tables["train"], oracle_tables[fake], binning="sdmetrics")
    expected = record["value"]
    assert score.value == pytest.approx(expected["Column Pair Trends"], abs=record["tol"])
    assert score.extra["counted"] == expected.get("pairs", 36)
    assert named(score) == pytest.approx(expected["details"], abs=1e-6)  # six digits in the record
    whole = (score.value + expected["Column Shapes"]) / 2
    assert whole == pytest.approx(expected["score"], abs=record["tol"])


@CASES
def test_the_mean_of_strong_pairs_is_that_of_sdmetrics_since_2026(oracles, oracle_tables, case, fake):
    (record,) = (record for record in oracles("quality_report") if record["case"] == case)
    expected = record["value"]["details"]["Column Pair Trends"]
    score = pair_trends_strong(oracle_tables["train"], oracle_tables[fake], binning="sdmetrics")
    assert score.value == pytest.approx(record["value"]["Column Pair Trends"], abs=record["tol"])
    strong = {pair: value for pair, value in expected.items() if value != "nan"}
    assert named(score) == pytest.approx(strong, abs=1e-6)
    whole = (score.value + record["value"]["Column Shapes"]) / 2
    assert whole == pytest.approx(record["value"]["score"], abs=record["tol"])


def test_the_thresholds_are_those_of_sdmetrics(oracles):
    (record,) = oracles("quality_report_thresholds")
    defaults = pair_trends_strong.__kwdefaults__
    assert (defaults["min_correlation"], defaults["min_association"]) == tuple(record["value"].values())


@BOTH
@pytest.mark.parametrize("binning", ["real-range", "sdmetrics"])
@pytest.mark.parametrize("correlation", ["pearson", "spearman"])
def test_equal_tables_score_1_and_independent_columns_less_than_a_fresh_sample(metric, binning, correlation):
    real = dependent(0)
    options = {"binning": binning, "correlation": correlation}
    fresh, apart = (metric(real, fake, **options).value for fake in (dependent(1), shuffled(real, 0)))
    assert metric(real, real, **options).value == pytest.approx(1)
    assert fresh > (0.85 if binning == "real-range" else 0.7)  # own ranges differ by their outliers
    assert apart < fresh - 0.2


@BOTH
def test_the_order_of_rows_and_of_columns_changes_nothing(metric):
    real, fake = dependent(0), dependent(1)
    value = metric(real, fake).value
    assert metric(real.take(default_rng(0).permutation(500)), fake).value == pytest.approx(value, abs=1e-12)
    turned = [Samples.of("table", each.data[["since", "t", "c", "y", "x"]]) for each in (real, fake)]
    assert metric(*turned).value == pytest.approx(value, abs=1e-12)


@BOTH
def test_only_increasing_maps_of_both_tables_keep_the_value(metric):
    real, fake = (Samples.of("table", dependent(seed).data[["x", "y"]]) for seed in (0, 1))
    moved = [Samples.of("table", 3 * each.data - 7) for each in (real, fake)]
    assert metric(*moved).value == pytest.approx(metric(real, fake).value, abs=1e-12)
    mirrored = Samples.of("table", fake.data.assign(x=-fake.data["x"]))
    assert metric(real, mirrored).value < 0.1


def test_a_shift_of_a_whole_column_changes_pairs_with_categories_and_no_correlation():
    real, fake = dependent(0), dependent(1)
    moved = Samples.of("table", fake.data.assign(x=fake.data["x"] + 100))
    before, after = named(pair_trends(real, fake)), named(pair_trends(real, moved))
    assert after["x,y"] == pytest.approx(before["x,y"])
    assert after["x,c"] == 0
    by_own_range = pair_trends(real, fake, binning="sdmetrics"), pair_trends(real, moved, binning="sdmetrics")
    assert by_own_range[0].value == pytest.approx(by_own_range[1].value, abs=0.01)


def test_a_collapsed_column_loses_its_correlation():
    real = dependent(0)
    flat = Samples.of("table", real.data.assign(y=1.0))
    r = float(np.corrcoef(real.data["x"], real.data["y"])[0, 1])
    assert named(pair_trends(real, flat))["x,y"] == pytest.approx(1 - r / 2, abs=1e-6)


def test_gaps_are_a_category_beside_categories_and_left_out_of_correlations():
    x, c = [1.0, 2.0, 3.0, np.nan], pd.Series(["a", None, "b", "b"], dtype=object)
    real, fake = table(x=x, y=[1.0, 2.0, 3.0, -9.0], c=c), table(x=x, y=[1.0, 2.0, 3.0, 9.0], c=c)
    assert named(pair_trends(real, fake))["x,y"] == 1
    filled = table(x=x, y=[1.0, 2.0, 3.0, 9.0], c=["a", "b", "b", "b"])
    assert named(pair_trends(real, filled))["x,c"] == 0.75


@BOTH
def test_one_column_has_no_pair(metric):
    one = table(x=[1.0, 2.0])
    with pytest.raises(Undefined, match="at least 2 columns; the table has 1"):
        metric(one, one)


def test_without_a_strong_pair_there_is_a_reason():
    apart = shuffled(dependent(0), 1)
    reason = r"above 0\.5 or Cramér's V above 0\.3; no pair has it; use pair-trends"
    with pytest.raises(Undefined, match=reason):
        pair_trends_strong(apart, apart)
    assert pair_trends_strong(apart, apart, min_correlation=0.0, min_association=0.0).extra["counted"] == 10


@BOTH
def test_an_identifier_that_lowers_the_score_is_named(metric):
    real, fake = dependent(0), dependent(1)

    def numbered(samples, first):
        codes = [f"{first}{number}" for number in range(len(samples))]
        return Samples.of("table", samples.data.assign(code=pd.Series(codes, dtype=object)))

    with_codes = metric(numbered(real, "p"), numbered(fake, "q"))
    assert metric(real, fake).value - with_codes.value > 0.2
    assert "column 'code' differs in every real row" in with_codes.extra["warning"]
    assert "warning" not in metric(real, fake).extra


def test_an_identifier_that_is_in_no_strong_pair_is_not_named():
    real, fake = (Samples.of("table", each.data.assign(no=range(500))) for each in map(dependent, (0, 1)))
    real, fake = (Samples.of("table", each.data.drop(columns="c")) for each in (real, fake))
    assert "warning" not in pair_trends_strong(real, fake, min_association=0.9).extra
    assert "column 'no' differs" in pair_trends(real, fake).extra["warning"]


@BOTH
def test_one_row_all_gaps_and_constant_columns_have_a_value_or_a_reason(metric):
    gaps = table(x=[np.nan] * 3, c=pd.Series([None] * 3, dtype=object), y=[1.0, 1.0, 1.0])
    for real in (gaps, gaps.take(np.array([0]))):
        if metric is pair_trends:
            assert metric(real, gaps).value == pytest.approx(1)
        else:
            with pytest.raises(Undefined, match="no pair has it"):
                metric(real, gaps)
