"""Rounded numbers, merged and misspelled categories, shifted dates and imputed gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.faults.columns import (
    categories_merged,
    categories_misspelled,
    dates_shifted,
    gaps_imputed,
    numbers_rounded,
)
from numpy.random import default_rng

from genbench import Samples, Undefined

N = 1000


def made(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def people():
    rng = default_rng(3)
    ages = rng.integers(18, 91, size=N)
    return made(
        age=ages,
        income=pd.Series(ages * rng.lognormal(0.0, 0.1, size=N)).mask(rng.uniform(size=N) < 0.1),
        city=pd.Series(
            rng.choice(["Lima", "Oslo", "Rome", "Bonn"], size=N, p=[0.5, 0.3, 0.15, 0.05]), dtype=object
        ),
        member=ages > 60,
        since=pd.Timestamp("2020-01-01") + pd.to_timedelta(ages, unit="D"),
    )


PEOPLE = people()


def changed(after):
    return [name for name in after.data if not after.data[name].equals(PEOPLE.data[name])]


def test_rounded_numbers_are_multiples_of_a_share_of_the_range_and_stay_near():
    after = numbers_rounded(PEOPLE, 0.2)
    assert changed(after) == ["age", "income"]
    assert after.space == PEOPLE.space
    for name in ("age", "income"):
        before, numbers = PEOPLE.data[name], after.data[name]
        assert numbers.nunique() <= 6
        assert (numbers - before).abs().max() <= 0.1 * (before.max() - before.min()) + 0.5
        assert numbers.isna().equals(before.isna())
    assert (after.data["age"].min(), after.data["age"].max()) == (18, 90)


def test_what_is_missing_infinite_or_constant_is_not_rounded():
    table = made(
        maybe=pd.array([1, None, 300, 200], dtype="Int64"),
        byte=np.array([0, 255, 3, 120], np.uint8),
        single=np.array([0.5, np.inf, 1.4, np.nan], np.float32),
        empty=pd.Series([np.nan] * 4),
        same=[2.5] * 4,
    )
    after = numbers_rounded(table, 0.5)
    assert after.space == table.space
    assert after.data["maybe"].tolist()[2:] == [300, 150]
    assert after.data["byte"].tolist() == [0, 255, 0, 128]
    assert after.data["single"].tolist()[:3] == pytest.approx([0.5, np.inf, 1.4])
    for name in ("empty", "same"):
        assert after.data[name].equals(table.data[name])


@pytest.mark.parametrize(
    ("level", "cities"),
    [
        (0.01, {"Lima": 500, "Oslo": 300, "Rome": 200}),
        (0.5, {"Lima": 500, "Oslo": 500}),
        (1.0, {"Lima": 1000}),
    ],
)
def test_the_rarest_categories_become_the_next_rarest(level, cities):
    table = made(
        city=pd.Series(["Lima"] * 500 + ["Oslo"] * 300 + ["Rome"] * 150 + ["Bonn"] * 50, dtype=object)
    )
    assert categories_merged(table, level).data["city"].value_counts().to_dict() == cities


def test_merged_categories_keep_gaps_dtypes_and_other_columns():
    after = categories_merged(PEOPLE, 0.5)
    assert changed(after) == ["city", "member"]
    table = made(
        kind=pd.Categorical(["x", None, "y", "x"], categories=["x", "y", "unused"]),
        code=pd.array(["a", "b", None, "a"], dtype="string"),
        maybe=pd.array([True, None, False, True], dtype="boolean"),
    )
    after = categories_merged(table, 0.5)
    assert after.space == table.space
    for name, values in {
        "kind": ["x", "x", "x"],
        "code": ["a", "a", "a"],
        "maybe": [True, True, True],
    }.items():
        assert after.data[name].dropna().tolist() == values
        assert after.data[name].isna().equals(table.data[name].isna())


@pytest.mark.parametrize("dtype", ["object", None, "string"])
def test_misspelled_texts_are_no_others_of_the_column(dtype):
    texts = pd.Series(["Lima", "Limaa", "", None] * 25, dtype=dtype)
    table = made(city=texts, count=range(100), kind=pd.Categorical(["x", "y"] * 50), flag=[True, False] * 50)
    after = categories_misspelled(table, 0.2, default_rng(0))
    assert after.space == table.space
    city = after.data["city"]
    wrong = city[city.notna() & (city != texts)]
    assert set(wrong) == {"Limaaa", "?"}
    assert len(wrong) == 15
    assert city.isna().equals(texts.isna())
    assert after.data.drop(columns="city").equals(table.data.drop(columns="city"))
    all_wrong = categories_misspelled(table, 1.0, default_rng(0)).data["city"].dropna()
    assert set(all_wrong) == {"Limaaa", "?"}


def test_levels_named_in_advance_are_not_misspelled():
    table = Samples.of("table", pd.DataFrame({"size": ["S", "L"]}), ordered=(("size", ("S", "L")),))
    with pytest.raises(Undefined, match="free texts"):
        categories_misspelled(table, 0.5, default_rng(0))


def test_dates_shift_by_a_share_of_their_range():
    after = dates_shifted(PEOPLE, 0.5)
    assert changed(after) == ["since"]
    assert set(after.data["since"] - PEOPLE.data["since"]) == {pd.Timedelta(days=36)}
    times = made(t=pd.to_datetime(["2020-01-01 12:00", None, "2020-01-02 00:00"]))
    assert dates_shifted(times, 0.5).data["t"].dropna().tolist() == [
        pd.Timestamp("2020-01-01 18:00"),
        pd.Timestamp("2020-01-02 06:00"),
    ]
    zoned = made(t=pd.to_datetime(["2020-01-01", "2020-01-11"]).tz_localize("Europe/Berlin"))
    assert dates_shifted(zoned, 0.2).space == zoned.space
    near = made(t=pd.to_datetime(["2020-01-01", "2020-01-02"]))
    assert dates_shifted(near, 0.05).data["t"].tolist() == [
        pd.Timestamp("2020-01-02"),
        pd.Timestamp("2020-01-03"),
    ]


def test_a_guess_fills_gaps():
    table = made(
        x=[1.0, np.nan, 4.0, np.nan],
        whole=pd.array([1, 2, None, 5], dtype="Int64"),
        city=pd.Series(["Rome", None, "Lima", "Rome"], dtype=object),
        kind=pd.Categorical(["y", None, "x", "y"], categories=["x", "y"]),
        is_new=pd.array([True, None, False, True], dtype="boolean"),
        since=pd.to_datetime(["2020-01-01", None, "2020-01-03", "2020-01-05"]),
        empty=pd.Series([np.nan] * 4),
        full=[1, 2, 3, 4],
    )
    after = gaps_imputed(table, 1.0, default_rng(0))
    assert after.space == table.space
    assert after.data["x"].tolist() == [1.0, 2.5, 4.0, 2.5]
    assert after.data["whole"].tolist() == [1, 2, 3, 5]
    for name in ("city", "kind", "is_new"):
        assert after.data[name][1] == after.data[name][0]
        assert after.data[name][2:].tolist() == table.data[name][2:].tolist()
    assert after.data["since"][1] == pd.Timestamp("2020-01-03")
    assert after.data["empty"].isna().all()


@pytest.mark.parametrize("level", [0.25, 0.5, 1.0])
def test_a_share_of_the_gaps_is_filled(level):
    before = PEOPLE.data["income"].isna()
    after = gaps_imputed(PEOPLE, level, default_rng(0))
    assert changed(after) == ["income"]
    left = after.data["income"].isna()
    assert left.sum() == before.sum() - round(level * before.sum())
    assert not (left & ~before).any()


def run(damage, table, level=0.5, seed=0):
    is_random = damage in (gaps_imputed, categories_misspelled)
    return damage(table, level, default_rng(seed)) if is_random else damage(table, level)


@pytest.mark.parametrize(
    ("damage", "reason", "columns"),
    [
        (numbers_rounded, "no column of numbers", {"name": ["a", "b"], "is_new": [True, False]}),
        (categories_merged, "no column has two categories", {"count": [1, 2], "name": ["a", "a"]}),
        (categories_misspelled, "no column has free texts", {"count": [1, 2], "is_new": [True, False]}),
        (dates_shifted, "no column has two different dates", {"count": [1, 2]}),
        (dates_shifted, "no later dates", {"t": pd.to_datetime(["1700-01-01", "2262-01-01"]).as_unit("ns")}),
        (gaps_imputed, "both gaps and values", {"count": [1, 2], "empty": [np.nan, np.nan]}),
    ],
)
def test_what_a_table_lacks_is_the_reason_why_it_cannot_be_damaged(damage, reason, columns):
    with pytest.raises(Undefined, match=reason):
        run(damage, made(**columns))


@pytest.mark.parametrize(
    "damage", [numbers_rounded, categories_merged, categories_misspelled, dates_shifted, gaps_imputed]
)
def test_damage_leaves_the_real_table_and_its_labels(damage):
    table = Samples.of("table", PEOPLE.data.copy(), np.arange(N) % 2)
    one, again = run(damage, table), run(damage, table)
    assert table.data.equals(PEOPLE.data)
    assert np.array_equal(one.labels, table.labels)
    assert one.data.equals(again.data)
    assert one.data.index.equals(table.data.index)
    assert not one.data.equals(table.data)
