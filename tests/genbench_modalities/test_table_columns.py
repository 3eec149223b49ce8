"""Tables that are read on their own get the columns of the table beside them, or are refused."""

from __future__ import annotations

import pandas as pd
import pytest
from genbench_modalities.table_columns import with_columns

from genbench import Invalid

DAYS = pd.to_datetime(pd.Series(["2020-01-02", None])).astype("datetime64[ns]")


@pytest.mark.parametrize(
    ("given", "dtype", "expected"),
    [
        (pd.Series([1, 2]), "float64", [1.0, 2.0]),
        (pd.Series([1.0, None]), "Int64", [1, None]),
        (pd.Series([1.0, 2.0]), "int64", [1, 2]),
        (pd.Series([0, 1]), "boolean", [False, True]),
        (pd.Series([1.0, None]), "boolean", [True, None]),
        (pd.Series([False, None, True], dtype=object), "boolean", [False, None, True]),
        (pd.Series(["1.5", "2"], dtype=object), "float64", [1.5, 2.0]),
        (pd.Series(["2020-01-02", None], dtype=object), "datetime64[ns]", [pd.Timestamp(2020, 1, 2), None]),
        (pd.Series([7, 8]), "object", ["7", "8"]),
        (pd.Series([7, None], dtype="Int64"), "object", ["7", None]),
        (pd.Series([None, None], dtype=object), "Int64", [None, None]),
        (pd.Series([None, None], dtype="float64"), "object", [None, None]),
        (pd.Series(["a", None], dtype="str"), "object", ["a", None]),
    ],
)
def test_values_of_another_dtype_are_kept(given, dtype, expected):
    made = with_columns(pd.DataFrame({"x": given}), [("x", dtype)])["x"]
    assert str(made.dtype) == dtype
    assert [None if pd.isna(value) else value for value in made] == expected


@pytest.mark.parametrize(
    ("given", "dtype", "message"),
    [
        (pd.Series([1.5, 2.0]), "Int64", r"'x' holds 1\.5; expected Int64"),
        (pd.Series([0, 2]), "boolean", r"'x' holds 2; expected boolean"),
        (pd.Series(["1", "one"], dtype=object), "float64", r"'x' holds 'one'; expected float64"),
        (pd.Series(["soon"], dtype=object), "datetime64[ns]", r"'x' holds 'soon'; expected datetime64"),
        (pd.Series([3, 4]), "datetime64[ns]", r"'x' holds 3; expected datetime64"),
        (pd.Series([True, False]), "float64", r"'x' holds True; expected float64"),
        (pd.Series([1.5]), "object", r"'x' holds 1\.5; expected object"),
        (DAYS, "Int64", r"'x' holds Timestamp\('2020-01-02 00:00:00'\); expected Int64"),
    ],
)
def test_a_value_that_the_dtype_cannot_hold_is_named(given, dtype, message):
    with pytest.raises(Invalid, match=message):
        with_columns(pd.DataFrame({"x": given}), [("x", dtype)])


def test_columns_are_put_into_the_order_of_the_others():
    frame = pd.DataFrame({"b": [1.0], "a": ["x"]})
    assert list(with_columns(frame, [("a", "object"), ("b", "float64")]).columns) == ["a", "b"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1]}), r"the column 'b' is missing; expected a, b"),
        (
            pd.DataFrame({"a": [1], "b": [2], "c": [3]}),
            r"there is no column 'c'; expected a, b; leave it out",
        ),
        (pd.DataFrame([[1, 2, 3]], columns=["a", "b", "b"]), r"two columns have one name; expected a, b"),
    ],
)
def test_missing_unknown_and_repeated_columns_are_refused(frame, message):
    with pytest.raises(Invalid, match=message):
        with_columns(frame, [("a", "int64"), ("b", "int64")])
