"""Tables that are read on their own get the columns of the table beside them, or are refused."""

from __future__ import annotations

import re

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
        (
            pd.Series([1.5, 2.0]),
            "Int64",
            r"'x' holds 1\.5 in row 1; expected integers, as in the real table; correct it",
        ),
        (pd.Series([0, 2]), "boolean", r"'x' holds 2 in row 2; expected true or false"),
        (pd.Series(["1", "one"], dtype=object), "float64", r"'x' holds 'one' in row 2; expected numbers"),
        (
            pd.Series(["soon"], dtype=object),
            "datetime64[ns]",
            r"'x' holds 'soon' in row 1; expected dates in ISO 8601",
        ),
        (pd.Series([3, 4]), "datetime64[ns]", r"'x' holds 3 in row 1; expected dates in ISO 8601"),
        (pd.Series([True, False]), "float64", r"'x' holds True in row 1; expected numbers"),
        (pd.Series([1.5]), "object", r"'x' holds 1\.5 in row 1; expected texts or no values at all"),
        (pd.Series([1, 2**53 + 1]), "float64", r"'x' holds 9007199254740993 in row 2; expected numbers"),
        (pd.Series([None, "x" * 10**6], dtype=object), "float64", r"'x' holds 'x{59}… in row 2; expected"),
        (DAYS, "Int64", r"'x' holds 2020-01-02 00:00:00 in row 1; expected integers"),
    ],
)
def test_a_value_that_the_dtype_cannot_hold_is_named(given, dtype, message):
    with pytest.raises(Invalid, match=message):
        with_columns(pd.DataFrame({"x": given}), [("x", dtype)])


def test_the_row_of_a_value_is_found_among_many():
    values = ["1"] * 50_000 + ["one", "2"]
    with pytest.raises(Invalid, match=r"'x' holds 'one' in row 50001; expected numbers"):
        with_columns(pd.DataFrame({"x": pd.Series(values, dtype=object)}), [("x", "float64")])


def test_columns_are_put_into_the_order_of_the_others():
    frame = pd.DataFrame({"b": [1.0], "a": ["x"]})
    assert list(with_columns(frame, [("a", "object"), ("b", "float64")]).columns) == ["a", "b"]


@pytest.mark.parametrize("name", ["a ", "A", "'a'", ' "A"', "a_"])
def test_a_name_that_is_nearly_right_is_shown_as_it_is_with_the_right_one(name):
    message = f"'a' is missing; expected a, b, got {name!r}, 'b'; did you mean {name!r}? rename it to 'a'"
    with pytest.raises(Invalid, match=re.escape(message) + "$"):
        with_columns(pd.DataFrame({name: [1], "b": [2]}), [("a", "int64"), ("b", "int64")])


def test_another_name_is_not_taken_for_the_missing_one():
    with pytest.raises(Invalid, match=r"'a' is missing; expected a, b, got 'z', 'b'$"):
        with_columns(pd.DataFrame({"z": [1], "b": [2]}), [("a", "int64"), ("b", "int64")])


def test_a_message_has_few_names_and_short_ones():
    columns = [(f"c{number}" * 100, "int64") for number in range(40)]
    with pytest.raises(Invalid, match=r"and 28 more, got 'a'$") as caught:
        with_columns(pd.DataFrame({"a": [1]}), columns)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            pd.DataFrame({"a": [1]}),
            r"'b' is missing; expected a, b, got .*e=\[\"b\"\]', or .*e = \[\"b\"\] of the dat",
        ),
        (
            pd.DataFrame({"a": [1], "b": [2], "c": [3]}),
            r"no column 'c' in the real table; expected a, b; .* in a suite ignore = \[\"c\"\] of ",
        ),
        (pd.DataFrame([[1, 2, 3]], columns=["a", "b", "b"]), r"two columns have one name; expected a, b"),
    ],
)
def test_missing_unknown_and_repeated_columns_are_refused(frame, message):
    with pytest.raises(Invalid, match=message):
        with_columns(frame, [("a", "int64"), ("b", "int64")])


@pytest.mark.parametrize(
    ("given", "wanted", "is_named"),
    [
        (["a%b"], ["a", "b"], True),
        (["a", "b"], ["a%b"], True),
        (["a"], ["b"], False),
        (["c"], ["a", "b"], False),
    ],
)
def test_a_column_that_holds_the_names_of_all_others_is_one_with_another_delimiter(given, wanted, is_named):
    frame = pd.DataFrame({name: [1] for name in given})
    with pytest.raises(Invalid, match=r"^the column .* is missing; expected ") as caught:
        with_columns(frame, [(name, "int64") for name in wanted])
    assert ("genbench score --reader 'table-file fake.delimiter=;'" in str(caught.value)) == is_named
