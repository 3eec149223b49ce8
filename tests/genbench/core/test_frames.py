from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from genbench import Invalid
from genbench.core.frames import check_column, check_columns, make_frame, plain_row, read_columns

COLUMNS = (("age", "int64"), ("name", "object"))


def test_columns_are_names_with_dtypes():
    assert read_columns(pd.DataFrame({"age": [1], 2: [0.5]})) == (("age", "int64"), ("2", "float64"))


@pytest.mark.parametrize(
    ("got", "message"),
    [
        ((("age", "int64"),), "the column 'name' is missing; expected age, name"),
        ((("age", "float64"), ("name", "object")), "the column 'age' is float64; expected int64"),
        ((*COLUMNS, ("more", "int64")), "there is no column 'more'; expected age, name"),
        (COLUMNS[::-1], "the columns are in the order name, age; expected age, name"),
        ((*COLUMNS, ("age", "int64")), "two columns are named 'age'; expected one of each name"),
    ],
)
def test_the_first_difference_of_columns_is_named(got, message):
    with pytest.raises(Invalid, match=message):
        check_columns(got, COLUMNS)


def test_equal_columns_pass_unless_a_name_is_repeated():
    check_columns(COLUMNS, COLUMNS)
    with pytest.raises(Invalid, match="two columns are named 'a'"):
        check_columns((("a", "int64"),) * 2, (("a", "int64"),) * 2)


@pytest.mark.parametrize(
    "value", [[1], (1,), {"a": 1}, {1}, b"x", np.zeros(2), 1 + 2j, np.complex64(1), object()]
)
def test_a_cell_holds_one_plain_value(value):
    column = pd.Series(["fine", None], dtype=object)
    column[1] = value
    with pytest.raises(Invalid, match=rf"column 'x' holds a {type(value).__name__} in row 1"):
        check_column("x", column.dtype, column)


def test_texts_numbers_dates_and_gaps_are_plain():
    day = dt.date(2026, 1, 2)
    cells = ["a", 1, 2.5, True, None, pd.NA, pd.NaT, np.nan, np.int8(3), day]
    for column in (
        pd.Series(cells, dtype=object),
        pd.Series(["a", None], dtype="string"),
        pd.Series(pd.to_timedelta([1, 2], unit="D")),
        pd.Series(pd.Categorical(["x", None])),
    ):
        check_column("x", column.dtype, column)
    assert plain_row(("a", np.float32(2.5), day, pd.NaT, None)) == ["a", 2.5, "2026-01-02", None, None]


def test_a_frame_without_columns_is_refused():
    with pytest.raises(Invalid, match="the frame has no columns; expected at least one"):
        read_columns(pd.DataFrame(index=range(3)))


def test_a_column_of_complex_numbers_is_refused_with_what_to_write():
    column = pd.Series([1 + 2j, 3j])
    with pytest.raises(Invalid, match=r"column 'x' is complex128; expected real numbers; .* numpy.real\(x\)"):
        check_column("x", column.dtype, column)


@pytest.mark.parametrize("values", [pd.period_range("2026", periods=2, freq="M"), pd.interval_range(0, 2)])
def test_a_column_of_periods_or_intervals_is_refused_with_what_to_write(values):
    column = pd.Series(values)
    with pytest.raises(Invalid, match=r"holds a (Period|Interval) in row 0; .* \.astype\(str\)"):
        check_column("x", column.dtype, column)


def test_rows_become_a_frame_of_the_dtypes_of_its_columns():
    frame = make_frame([[1, "a"], [2, None]], [["age", "int8"], ["name", "object"]])
    assert read_columns(frame) == (("age", "int8"), ("name", "object"))
    assert frame["age"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["x"]], [["age", "int64"]]),
        ([[1]], [["age", "soul"]]),
        ([[1]], [["age", "S1000000000"]]),
        ([[1, 2]], [["age", "int64"]]),
        ([[1]], [1]),
    ],
)
def test_rows_that_do_not_fit_their_columns_are_refused(rows, columns):
    with pytest.raises(Invalid, match="the rows hold no such table"):
        make_frame(rows, columns)
