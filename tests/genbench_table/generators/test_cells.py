from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import numbers_of
from genbench_table.generators.cells import numbers_as, table_of

from genbench import Samples


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([0.5, np.nan, 2.0]),
        pd.Series([1, 2, 3]),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series(pd.to_datetime(["2020-01-01", None, "1960-05-05"])).astype("datetime64[ns]"),
        pd.Series(pd.to_datetime(["2020-01-01 12:30", "2021-01-01 00:00"])).astype("datetime64[us]"),
        pd.Series(pd.to_datetime(["2020-01-01 12:30"])).dt.tz_localize("Europe/Rome"),
    ],
)
def test_numbers_of_a_column_give_the_column_back(column):
    pd.testing.assert_series_equal(numbers_as(numbers_of(column), column), column)


def test_integers_are_rounded_and_dates_too_where_all_are_whole_days():
    assert numbers_as(np.array([1.4, 2.6]), pd.Series([1])).tolist() == [1, 3]
    days = pd.Series(pd.to_datetime(["2020-01-01"]))
    assert numbers_as(np.array([1.4]), days).tolist() == [pd.Timestamp(1970, 1, 2)]
    times = pd.Series(pd.to_datetime(["2020-01-01 06:00"]))
    assert numbers_as(np.array([1.25]), times).tolist() == [pd.Timestamp(1970, 1, 2, 6)]


def test_columns_of_any_index_are_put_side_by_side():
    space = Samples.of("table", pd.DataFrame({"x": [1], "y": ["a"]})).space
    columns = {"x": pd.Series([1, 2], index=[7, 7]), "y": pd.Series(["a", "b"], index=[3, 0])}
    made = table_of(columns, space)
    assert made.data.values.tolist() == [[1, "a"], [2, "b"]]
    assert made.space is space
