from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of, numbers_of, texts_of

from genbench import Samples


def table(frame, **parameters):
    return Samples.of("table", frame, **parameters)


def test_categories_of_two_tables_share_their_codes_and_gaps_are_minus_one():
    one = table(pd.DataFrame({"x": pd.Series(["b", None, "a"], dtype=object)}))
    two = table(pd.DataFrame({"x": pd.Series(["c", "a"], dtype=object)}))
    (column,) = columns_of(one, two)
    assert (column.levels, column.is_numeric) == (("a", "b", "c"), False)
    assert [side.tolist() for side in column.sides] == [[1, -1, 0], [2, 0]]


def test_an_ordered_column_keeps_its_order():
    frame = pd.DataFrame({"size": pd.Series(["small", "large"], dtype=object)})
    (column,) = columns_of(table(frame, ordered=(("size", ("small", "middle", "large")),)))
    assert (column.levels, column.sides[0].tolist()) == (("small", "middle", "large"), [0, 2])


def test_truth_values_are_categories():
    (column,) = columns_of(table(pd.DataFrame({"x": pd.array([True, None, False], dtype="boolean")})))
    assert column.kind == "boolean"
    assert column.levels == ("False", "True")
    assert column.sides[0].tolist() == [1, -1, 0]


def test_numbers_are_floats_with_gaps_as_nan():
    (column,) = columns_of(table(pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")})))
    assert (column.kind, column.is_numeric) == ("integer", True)
    np.testing.assert_array_equal(column.sides[0], [1, np.nan, 3])


def test_dates_are_days_since_1970_in_utc():
    plain = pd.Series(pd.to_datetime(["1970-01-03 00:00", None, "1970-01-01 12:00"]))
    np.testing.assert_array_equal(numbers_of(plain), [2, np.nan, 0.5])
    east = pd.Series(pd.to_datetime(["1970-01-01 03:00"])).dt.tz_localize("Etc/GMT-3")
    np.testing.assert_array_equal(numbers_of(east), [0])


def test_texts_have_none_for_gaps():
    assert texts_of(pd.Series(["a", None, 3], dtype=object)) == ["a", None, "3"]


MIXED = [1, True, 1.0, None, "1", "True", pd.NA, float("nan"), pd.Timestamp("2020-01-01")]


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["b", None, "a", "b"], dtype=object),
        pd.Series(["b", None, "a", "b"], dtype="string"),
        pd.Categorical(["b", None, "a", "b"], categories=["b", "a", "unused"]),
        pd.Categorical([1, "1", None, 2]),
        pd.array([True, None, False, True], dtype="boolean"),
        pd.Series(MIXED, dtype=object),
        pd.Series([None, None], dtype=object),
    ],
    ids=["objects", "strings", "categorical", "one text twice", "truths", "mixed", "empty"],
)
def test_codes_are_the_places_of_texts_of_any_dtype(cells):
    one = table(pd.DataFrame({"x": cells}))
    (column,) = columns_of(one)
    assert [None if code < 0 else column.levels[code] for code in column.sides[0]] == texts_of(one.data["x"])
    assert column.sides[0].dtype == np.int64
    assert list(column.levels) == sorted(set(texts_of(one.data["x"])) - {None})
