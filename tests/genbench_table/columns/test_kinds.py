from __future__ import annotations

import pandas as pd
import pytest
from genbench_table.columns.values import kind_of, kinds_of

from genbench import Samples


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("float64", "number"),
        ("Float32", "number"),
        ("int64", "integer"),
        ("UInt8", "integer"),
        ("bool", "boolean"),
        ("boolean", "boolean"),
        ("datetime64[ns]", "date"),
        ("datetime64[us, UTC]", "date"),
        ("object", "category"),
        ("str", "category"),
        ("category", "category"),
    ],
)
def test_the_kind_follows_from_the_dtype(dtype, kind):
    assert kind_of(dtype) == kind


def test_kinds_are_in_the_order_of_the_columns():
    table = Samples.of("table", pd.DataFrame({"b": [1.0], "a": ["x"]}))
    assert list(kinds_of(table.space).items()) == [("b", "number"), ("a", "category")]
