"""What each column adds to distances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance, summed_distance

from genbench import Samples


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def texts(*values):
    return pd.Series(values, dtype=object)


REFERENCE = table(x=[0.0, 10.0], c=texts("a", "b"))


def capped(**columns):
    return closest(capped_distance(columns_of(table(**columns), REFERENCE), 0, 1))[:, 0].tolist()


def summed(**columns):
    tables = table(**columns), REFERENCE
    return closest(summed_distance(columns_of(*tables), 0, 1, 1))[:, 0].tolist()


def test_a_number_adds_its_share_of_the_range_and_a_category_1_in_the_mean_over_columns():
    assert capped(x=[1.0, 9.0, 4.0], c=texts("a", "a", "new")) == pytest.approx([0.05, 0.45, 0.7])


def test_a_number_adds_1_at_most_unless_distances_are_summed():
    assert capped(x=[30.0, -50.0], c=texts("b", "a")) == [0.5, 0.5]
    assert summed(x=[30.0, -50.0], c=texts("b", "a")) == pytest.approx([2.0, 5.0])


def test_summed_distances_add_2_for_another_category():
    assert summed(x=[0.0, 0.0], c=texts("b", "new")) == pytest.approx([1.0, 2.0])


def test_gaps_are_equal_to_each_other_and_1_from_values():
    reference = table(x=[0.0, 10.0, None], c=texts("a", "b", None))
    rows = table(x=[None, None, 10.0], c=texts(None, "a", None))
    found = closest(capped_distance(columns_of(rows, reference), 0, 1))[:, 0]
    assert found.tolist() == [0.0, 0.5, 0.5]


def test_summed_distances_put_gaps_of_numbers_at_the_mean_and_make_those_of_categories_a_category():
    train = table(x=[0.0, 10.0, 2.0], c=texts("a", "b", None))
    rows = table(x=[None, 2.0], c=texts("a", None))
    found = closest(summed_distance(columns_of(rows, train), 0, 1, 1))[:, 0]
    assert found.tolist() == pytest.approx([0.4, 0.0])


def test_a_number_that_is_constant_in_the_reference_counts_as_a_category():
    reference = table(x=[5.0, 5.0], c=texts("a", "b"))
    rows = table(x=[5.0, 5.0001, None], c=texts("a", "b", "a"))
    found = closest(capped_distance(columns_of(rows, reference), 0, 1))[:, 0]
    assert found.tolist() == [0.0, 0.5, 0.5]


def test_a_column_without_any_value_adds_nothing():
    reference = table(x=[0.0, 10.0], e=[np.nan, np.nan])
    rows = table(x=[1.0], e=[np.nan])
    assert closest(capped_distance(columns_of(rows, reference), 0, 1)).item() == pytest.approx(0.05)
    assert closest(summed_distance(columns_of(rows, reference), 0, 1, 1)).item() == pytest.approx(0.1)
