from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.identifiers import caution_of_identifiers, caution_of_table, identifiers, new_keys
from genbench_table.columns.values import columns_of
from genbench_table.datasets.sklearn_tables import table_sklearn
from genbench_table.datasets.table_world import table_world

from genbench import Samples, score, split

N = 90
RNG = np.random.default_rng(0)
START = pd.Timestamp("2020-01-01")


def texts(values):
    return pd.Series(values, dtype=object)


def found_in(frame):
    return identifiers(columns_of(Samples.of("table", pd.DataFrame(frame))), 0)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(1, N + 1),
        RNG.permutation(3 * N)[:N],  # a split of a numbered table
        np.arange(N) + 0.0,  # as pandas reads identifiers beside a gap
        RNG.permutation(np.arange(10**7, 10**8, 999_983))[:N],  # customers, by eight digits
        10**17 + RNG.permutation(10**6)[:N] * 10**9,
        texts([f"p{number}" for number in range(N)]),
        texts([f"p{number}" if number < N // 2 else None for number in range(N)]),
        START + pd.to_timedelta(np.arange(N), unit="D"),
        START + pd.to_timedelta(RNG.permutation(600)[:N], unit="s"),
    ],
)
def test_columns_that_differ_in_each_row_are_found(values):
    assert found_in({"x": RNG.normal(size=N), "id": values}) == ["id"]


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=N),
        RNG.normal(size=N).round(4) * 1e4 + 0.5,
        RNG.uniform(2, 9, size=N) * 1e20,
        RNG.integers(0, 50, size=N),
        np.arange(N) // 2,
        RNG.permutation(10**6)[:N],  # amounts: 90 of a million are different by chance
        START + pd.to_timedelta(RNG.permutation(10**7)[:N], unit="s"),  # times of events
        START + pd.to_timedelta(RNG.uniform(size=N), unit="D"),
        texts([f"p{number // 2}" for number in range(N)]),
        texts([f"p{number}" if number < N // 3 else None for number in range(N)]),
        texts([None] * N),
        np.full(N, np.nan),
        RNG.uniform(size=N) < 0.5,
    ],
)
def test_measurements_times_and_categories_that_repeat_are_no_identifiers(values):
    assert found_in({"x": values}) == []


def test_few_rows_may_all_be_different():
    assert found_in({"city": texts(list("abcdefghijklmnopqrs"))}) == []
    assert found_in({"city": texts(list("abcdefghijklmnopqrst"))}) == ["city"]


def test_real_tables_without_identifiers_have_none():
    for data in (
        table_sklearn(table="wine"),
        table_sklearn(table="breast-cancer"),
        table_sklearn(table="diabetes"),
        table_world(n=900),
    ):
        parts = split(data, {"train": 1, "test": 1, "held_out": 1}).values()
        columns = columns_of(*parts)
        assert [identifiers(columns, side) for side in range(3)] == [[], [], []]


def test_the_caution_names_the_columns_and_what_to_do():
    frame = {"no": np.arange(N), "x": RNG.normal(size=N)}
    columns = columns_of(Samples.of("table", pd.DataFrame(frame)))
    assert caution_of_identifiers(columns, 0) == {
        "warning": "column 'no' differs in every real row: if it is an identifier, set ignore = [\"no\"] of "
        "table-file; with new identifiers, copies match no row, classifiers tell fakes from real rows, and "
        "scores of columns and pairs fall"
    }
    columns = columns_of(Samples.of("table", pd.DataFrame({f"c{each}": np.arange(N) for each in range(7)})))
    (warning,) = caution_of_identifiers(columns, 0).values()
    assert warning.startswith("columns 'c0', 'c1', 'c2', 'c3', 'c4' and 2 more differ in every real row")


def test_each_metric_on_files_of_tables_has_the_caution_once_and_it_is_kept(tmp_path):
    def write(name, x, first):
        frame = pd.DataFrame({"no": np.arange(first, first + len(x)), "x": x.round(3)})
        frame.to_csv(tmp_path / name, index=False)
        return tmp_path / name

    rows = RNG.normal(size=N)
    asked = {"real": write("real.csv", RNG.normal(size=N), 20_000), "train": write("train.csv", rows, 10_000)}
    metrics = ["train-duplicates", "authenticity", "shapes", "duplicates"]
    for _ in range(2):  # the second time, from the store
        found = list(score(fake=write("fake.csv", rows, 50_000), **asked, metrics=metrics).values())
        assert [one.value for one in found[:2]] == [0, 100]  # copies with new identifiers
        for one in found[:3]:
            (caution,) = one.cautions
            assert caution.startswith("column 'no' differs in every real row: ")
        assert found[3].cautions == ()
    without = {"use": "table-file", "ignore": ["no"]}
    found = score(fake=tmp_path / "fake.csv", **asked, metrics=metrics, reader=without)
    assert [one.value for one in found.values()][:2] == [1, 0]
    assert not any("'no'" in text for one in found.values() for text in one.cautions)


def test_a_table_without_identifiers_has_no_caution():
    assert caution_of_table(Samples.of("table", pd.DataFrame({"x": RNG.normal(size=N)}))) == ""


def sides_of(train, fake):
    return columns_of(*(Samples.of("table", pd.DataFrame({"key": values})) for values in (train, fake)))


def codes(first):
    """Return the codes of 60 patients with 1 to 5 rows each, 180 in all."""
    return texts([f"{first}{number:04}" for number in range(60) for _ in range(number % 5 + 1)])


MANY = np.arange(180) // 3
SPARSE = RNG.choice(np.arange(10**7, 10**8, 7), size=600, replace=False)
SPARSE[:30] = SPARSE[30:60]  # customers with two rows


@pytest.mark.parametrize(
    ("train", "fake"),
    [
        (codes("P"), codes("S")),
        (codes("P"), texts([*codes("S")[:175], "P0003", *[None] * 4])),  # one in 176 is known
        (MANY, MANY + 60),
        (MANY + 0.0, np.where(MANY % 7, MANY + 1000.0, np.nan)),
        (SPARSE, RNG.choice(np.arange(10**7, 10**8, 11), size=600)),
    ],
)
def test_keys_that_repeat_are_found_by_their_new_values(train, fake):
    assert identifiers(sides_of(train, fake), 0) == []
    assert new_keys(sides_of(train, fake), 0, 1) == ["key"]
    assert new_keys(sides_of(train, train), 0, 1) == []


AMOUNTS = RNG.normal(50_000, 6_000, size=600).round()


@pytest.mark.parametrize(
    ("train", "fake"),
    [
        (codes("P"), texts([*codes("S")[:170], *codes("P")[:10]])),  # one in 18 is known
        (codes("P"), codes("S")[:19]),
        (codes("P"), texts([None] * 180)),
        (texts(["f", "m"] * 90), texts(["F", "M"] * 90)),
        (AMOUNTS, RNG.normal(80_000, 6_000, size=600).round()),
        (AMOUNTS.round(-2), AMOUNTS + 1),  # rounded amounts, and fakes that are not
        (RNG.integers(0, 10**6, size=600), RNG.integers(0, 10**6, size=600)),
        (MANY + 0.5, MANY + 0.25),
        (START + pd.to_timedelta(MANY, unit="D"), START + pd.to_timedelta(MANY + 400, unit="D")),
    ],
)
def test_shared_values_few_values_amounts_and_dates_are_no_new_keys(train, fake):
    assert new_keys(sides_of(train, fake), 0, 1) == []


def test_the_caution_names_new_keys_after_identifiers():
    columns = sides_of(codes("P"), codes("S"))
    (warning,) = caution_of_identifiers(columns, 0, 1).values()
    assert warning == (
        "column 'key' has other values in the fakes than in train: if it is a key, such as the code of a "
        'patient, set ignore = ["key"] of table-file; with new keys, copies match no row'
    )
    assert caution_of_identifiers(columns, 0) == {}
    both = columns_of(
        *(
            Samples.of(
                "table", pd.DataFrame({"no": np.arange(180) + first, "a": codes(key), "b": codes(key)})
            )
            for key, first in (("P", 0), ("S", 1000))
        )
    )
    (warning,) = caution_of_identifiers(both, 0, 1).values()
    assert warning.startswith("column 'no' differs in every real row")
    assert "; columns 'a', 'b' have other values in the fakes than in train: if they are keys" in warning
