from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from genbench_table.datasets.columns import Builder
from genbench_table.datasets.rows import Block

from genbench import DataError

ROWS = SimpleNamespace(file="t.csv", unit="line")
DTYPES = {
    "number": "float64", "integer": "Int64", "boolean": "boolean", "date": "datetime64[ns]",
    "category": "object",
}  # fmt: skip


def built(kind, *cells, levels=()):
    builder = Builder(ROWS, "a", kind, levels)
    builder.add(Block(list(range(2, len(cells) + 2)), {"a": list(cells)}))
    return builder.series()


@pytest.mark.parametrize("kind", DTYPES)
def test_a_gap_changes_no_dtype(kind):
    cell = {"number": "1.5", "integer": "1", "boolean": "true", "date": "2024-05-31", "category": "x"}[kind]
    for cells in ((cell,), (cell, None), (None, None)):
        series = built(kind, *cells)
        assert str(series.dtype) == DTYPES[kind]
        assert series.isna().tolist() == [each is None for each in cells]


def test_values_are_those_of_the_cells():
    assert built("number", " 1.5 ", "-2", 3, 4.5).tolist() == [1.5, -2, 3, 4.5]
    assert built("integer", "007", "3.0", 2**62, 5.0).tolist() == [7, 3, 2**62, 5]
    assert built("boolean", "TRUE", "0", True, 1).tolist() == [True, False, True, True]
    assert built("category", "NA", 1, True, 1.5).tolist() == ["NA", "1", "true", "1.5"]


def test_dates_with_a_zone_are_in_utc():
    zoned = dt.datetime(2024, 5, 31, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    found = built("date", "2024-05-31T12:00:00+02:00", "2024-05-31 10:00", zoned, dt.date(2024, 5, 31))
    assert found.tolist() == [pd.Timestamp("2024-05-31T10:00")] * 3 + [pd.Timestamp("2024-05-31")]
    zones = built("date", "2024-05-31T12:00+02:00", "2024-05-31T10:00Z", "2024-05-31T05:30-0430", None)
    assert zones.tolist() == [pd.Timestamp("2024-05-31T10:00")] * 3 + [pd.NaT]
    assert built("date", "2024-05-31T10:00:00.123456789")[0].nanosecond == 789


def test_equal_categories_are_one_object():
    builder = Builder(ROWS, "a", "category")
    for _ in range(2):
        builder.add(Block([2], {"a": [" long".strip()]}))
    one, other = builder.series()
    assert one is other


def test_a_column_that_a_block_lacks_has_gaps():
    builder = Builder(ROWS, "a", "number")
    builder.add(Block([2, 3], {"b": [1, 2]}))
    assert np.isnan(builder.series()).all()


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("number", "x", "a finite number"),
        ("number", "1e999", "a finite number"),
        ("number", True, "a finite number"),
        ("integer", "1.5", "an integer of 64 bits"),
        ("integer", str(2**63), "an integer of 64 bits"),
        ("integer", float("inf"), "an integer of 64 bits"),
        ("boolean", "yes", "true or false"),
        ("date", "2024-13-01", "a date such as"),
        ("date", "9999-12-31", "a date such as"),
        ("date", 5, "a date such as"),
        ("category", "\ud800", "a text"),
        ("category", b"x", "a text"),
    ],
)  # fmt: skip
def test_a_cell_of_another_kind_is_refused_by_its_line(kind, cell, expected):
    good = {"number": "1", "integer": "1", "boolean": "1", "date": "2024-05-31", "category": "x"}[kind]
    with pytest.raises(DataError, match=rf"^t\.csv, line 3: column 'a' holds .*; expected {expected}"):
        built(kind, good, cell)


def test_a_text_that_is_no_level_is_refused():
    assert built("category", "low", None, levels=("low", "high")).tolist() == ["low", None]
    reason = r"line 2: column 'a' holds 'mid'; expected one of 'low', 'high', as its levels"
    with pytest.raises(DataError, match=reason):
        built("category", "mid", levels=("low", "high"))


@pytest.mark.parametrize("cell", ["1,5", "1_0", "nan", "inf", "1e999", "\u0663", "", "1 2", "x"])
def test_one_cell_that_is_no_number_among_many_is_refused_as_it_is_alone(cell):
    for cells in ((cell,), ("1.5", "2", cell)):
        with pytest.raises(DataError, match=r"expected a finite number"):
            built("number", *cells)
    assert built("number", "+1.5", "007", "-.5e1", None, "1.").tolist()[:3] == [1.5, 7.0, -5.0]
