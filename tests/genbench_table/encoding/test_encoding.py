from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.encoding.encoding import Encoding, fit_encoding

from genbench import Samples, Undefined


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


REFERENCE = table(
    x=[0.0, 4.0, np.nan, 2.0],
    city=pd.Series(["Rome", "Oslo", "Rome", "Rome"], dtype=object),
    same=[7, 7, 7, 7],
)


def test_numbers_are_scaled_to_the_reference_and_categories_one_hot():
    rows = fit_encoding(REFERENCE).encode(REFERENCE)
    np.testing.assert_array_equal(
        rows, [[0, 0, 0, 1, 0], [1, 0, 1, 0, 0], [0.5, 1, 0, 1, 0], [0.5, 0, 0, 1, 0]]
    )


def test_what_the_reference_lacks_is_beyond_its_range_or_a_row_of_zeros():
    other = table(x=[8.0, -4.0], city=pd.Series(["Lima", None], dtype=object), same=[9, 7])
    np.testing.assert_array_equal(fit_encoding(REFERENCE).encode(other), [[2, 0, 0, 0, 2], [-1, 0, 0, 0, 0]])


def test_the_codes_of_another_table_change_no_row():
    both = table(x=[0.0, 0.0], city=pd.Series(["Lima", "Rome"], dtype=object), same=[7, 7])
    np.testing.assert_array_equal(fit_encoding(REFERENCE).encode(both)[1], [0, 0, 0, 1, 0])


def test_a_column_without_a_value_is_left_out_and_a_table_without_any_refused():
    empty = pd.Series([None, None], dtype=object)
    assert fit_encoding(table(x=[1.0, 2.0], empty=empty)).columns == (("x", (1.0, 2.0, 1.5), False),)
    with pytest.raises(Undefined, match=r"no value in any column"):
        fit_encoding(table(empty=empty))


def test_json_gives_the_encoding_back():
    encoding = fit_encoding(REFERENCE)
    assert Encoding.from_json(encoding.to_json()) == encoding
