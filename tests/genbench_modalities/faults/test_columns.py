"""Noise, shuffled columns and missing categories in tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_modalities.faults.columns import categories_dropped, columns_shuffled, numbers_noisy
from genbench_modalities.faults.numeric import noisy
from numpy.random import default_rng

from genbench import Samples, Undefined

N = 4000


def made(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def people():
    """Return a table in which each column depends on the first."""
    rng = default_rng(3)
    ages = rng.integers(18, 90, size=N)
    return made(
        age=ages,
        income=pd.Series(ages * rng.lognormal(0.0, 0.1, size=N)).mask(rng.uniform(size=N) < 0.1),
        group=np.where(ages > 50, "old", "young").astype(object),
        member=ages > 60,
        city=rng.choice(["Lima", "Oslo", "Rome", "Bonn"], size=N, p=[0.5, 0.3, 0.15, 0.05]).astype(object),
        since=pd.Timestamp("2020-01-01") + pd.to_timedelta(ages, unit="D"),
    )


PEOPLE = people()


def dependence(samples):
    """Return the correlation of age and income, and the shares of members among the old and among all."""
    frame = samples.data
    older = frame["group"] == "old"
    correlation = frame["age"].corr(frame["income"])
    return correlation, float(frame["member"][older].mean()), float(frame["member"].mean())


def test_shuffled_columns_keep_their_values_and_lose_their_dependence():
    before, after = PEOPLE, columns_shuffled(PEOPLE, 1.0, default_rng(0))
    correlation, among_old, among_all = dependence(before)
    assert correlation > 0.9
    assert among_old > among_all + 0.2
    correlation, among_old, among_all = dependence(after)
    assert abs(correlation) < 0.06  # four standard errors of 4,000 rows
    assert among_old == pytest.approx(among_all, abs=0.06)
    for name in before.data.columns:
        one, other = (samples.data[name].sort_values(ignore_index=True) for samples in (before, after))
        assert one.equals(other)
    assert after.space == before.space


@pytest.mark.parametrize(("level", "count"), [(0.25, 2), (0.5, 3), (1.0, 6), (0.01, 1)])
def test_only_a_share_of_the_columns_is_shuffled(level, count):
    after = columns_shuffled(PEOPLE, level, default_rng(1)).data
    moved = [name for name in after if not after[name].equals(PEOPLE.data[name])]
    assert len(moved) == count


def test_noise_has_the_share_of_each_columns_range_and_stays_within_it():
    even = np.linspace(40.0, 60.0, N - 2)
    table = made(small=[0.0, 100.0, *even], large=[0, 100_000, *(1000 * even).astype(int)])
    after = numbers_noisy(table, 0.1, default_rng(0)).data
    assert (after["small"] - table.data["small"]).std() == pytest.approx(10, rel=0.05)
    assert (after["large"] - table.data["large"]).std() == pytest.approx(10_000, rel=0.05)
    assert after.dtypes.to_dict() == table.data.dtypes.to_dict()
    strong = numbers_noisy(table, 5.0, default_rng(0)).data
    assert (strong["small"].min(), strong["small"].max()) == (0, 100)
    assert (strong["large"].min(), strong["large"].max()) == (0, 100_000)


def test_noise_leaves_what_is_missing_or_no_number_alone():
    table = made(
        maybe=pd.array([1, None, 300, 200], dtype="Int64"),
        byte=np.array([0, 255, 3, 4], np.uint8),
        single=np.array([0.5, np.inf, 1.5, np.nan], np.float32),
        empty=pd.Series([np.nan] * 4),
        name=["a", "b", "c", "d"],
        is_new=[True, False, True, True],
    )
    after = noisy(table, 0.4, default_rng(0))
    assert after.space == table.space
    assert after.data["maybe"].isna().tolist() == [False, True, False, False]
    assert after.data["maybe"].tolist()[0] != 1
    assert np.isinf(after.data["single"][1])
    assert np.isnan(after.data["single"][3])
    for name in ("empty", "name", "is_new"):
        assert after.data[name].equals(table.data[name])


def test_the_rarest_categories_are_dropped_and_the_others_keep_their_proportions():
    after = categories_dropped(PEOPLE, 0.5, default_rng(0)).data
    assert set(after["city"]) == {"Lima", "Oslo"}
    assert (after["city"] == "Lima").mean() == pytest.approx(0.5 / 0.8, abs=0.03)
    kept = PEOPLE.data["city"].isin(["Lima", "Oslo"])
    assert after["city"][kept].equals(PEOPLE.data["city"][kept])
    assert after["group"].nunique() == after["member"].nunique() == 1  # of two, one remains
    for name in ("age", "income", "since"):
        assert after[name].equals(PEOPLE.data[name])


@pytest.mark.parametrize(("level", "kept"), [(0.01, 3), (0.5, 2), (0.8, 1), (1.0, 1)])
def test_at_least_one_category_is_dropped_and_one_kept(level, kept):
    assert categories_dropped(PEOPLE, level, default_rng(0)).data["city"].nunique() == kept


def test_missing_cells_and_dtypes_of_categories_stay():
    table = made(
        kind=pd.Categorical(["x", None, "y", "x"], categories=["x", "y", "unused"]),
        code=pd.array(["a", "b", None, "a"], dtype="string"),
    )
    after = categories_dropped(table, 0.5, default_rng(0))
    assert after.space == table.space
    assert after.data["kind"].isna().tolist() == [False, True, False, False]
    assert after.data["kind"].dropna().tolist() == ["x"] * 3
    assert after.data["code"].dropna().tolist() == ["a"] * 3


@pytest.mark.parametrize(
    ("damage", "reason", "columns"),
    [
        (numbers_noisy, "no column of numbers", {"name": ["a", "b"], "is_new": [True, False]}),
        (columns_shuffled, "has one column", {"count": [1, 2]}),
        (categories_dropped, "no column has two categories", {"count": [1, 2], "name": ["a", "a"]}),
    ],
)
def test_what_a_table_lacks_is_the_reason_why_it_cannot_be_damaged(damage, reason, columns):
    with pytest.raises(Undefined, match=reason):
        damage(made(**columns), 0.5, default_rng(0))


@pytest.mark.parametrize("damage", [numbers_noisy, columns_shuffled, categories_dropped])
def test_damage_leaves_the_real_table_and_its_labels_and_follows_the_generator(damage):
    table = Samples.of("table", PEOPLE.data.copy(), np.arange(N) % 2)
    one, again, other = (damage(table, 0.5, default_rng(seed)) for seed in (0, 0, 1))
    assert table.data.equals(PEOPLE.data)
    assert np.array_equal(one.labels, table.labels)
    assert one.data.equals(again.data)
    assert not one.data.equals(other.data)
