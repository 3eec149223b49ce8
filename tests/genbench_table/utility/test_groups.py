"""Groups of rows."""

from __future__ import annotations

import pandas as pd
import pytest
from genbench_table.utility.group_share_gap import MISSING, groups_of

from genbench import Samples, Undefined


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def texts(*values):
    return pd.Series(values, dtype=object)


def test_values_and_gaps_are_groups_with_one_number_on_all_sides():
    names, sides = groups_of((table(g=texts("b", None, "b")), table(g=texts("a", "b"))), "g")
    assert names == ("a", "b", MISSING)
    assert [side.tolist() for side in sides] == [[1, 2, 1], [0, 1]]


def test_truth_values_and_few_numbers_are_groups():
    assert groups_of((table(g=[True, False]),), "g")[0] == ("False", "True")
    names, (side,) = groups_of((table(g=[2.0, None, 1.5, 2.0]),), "g")
    assert names == ("1.5", "2", MISSING)
    assert side.tolist() == [1, 2, 0, 1]


def test_levels_without_rows_are_no_groups():
    ordered = Samples.of("table", pd.DataFrame({"g": texts("S", "L")}), ordered=(("g", ("S", "M", "L")),))
    assert groups_of((ordered,), "g")[0] == ("S", "L")


def test_no_column_and_too_many_numbers_are_undefined():
    one = table(g=texts("a"), x=[1.0])
    reason = 'needs the option group, a column: group = "sex"; columns of categories: g'
    with pytest.raises(Undefined, match=reason):
        groups_of((one,), None)
    with pytest.raises(Undefined, match="the group 'h' is no column; columns of categories: g"):
        groups_of((one,), "h")
    with pytest.raises(Undefined, match="'x' has 51 numbers, more than 50; columns of categories: none"):
        groups_of((table(x=range(51)),), "x")
