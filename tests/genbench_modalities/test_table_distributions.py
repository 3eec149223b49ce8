"""Distributions of the columns of tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_modalities.table import distributions

from genbench import Samples


def found(*frames, **parameters):
    sides = [Samples.of("table", pd.DataFrame(frame), **parameters) for frame in frames]
    return {each.part: each for each in distributions(sides)}


def texts(*values):
    return pd.Series(values, dtype=object)


def test_categories_are_the_most_frequent_first_and_those_of_fakes_alone_are_shown():
    each = found({"c": texts("b", "b", "a", None)}, {"c": texts("a", "new", "new", "new")})["c"]
    assert each.values == ("b", "a", "new")
    assert each.shares == ((0.5, 0.25, 0.0), (0.0, 0.25, 0.75))
    assert (each.missing(0), each.missing(1), each.ends) == (0.25, 0.0, None)


def test_levels_keep_their_order_and_truth_values_are_texts():
    frame = {"c": texts("low", "high", "high", "mid"), "t": [True, False, True, True]}
    each = found(frame, ordered=(("c", ("low", "mid", "high")),))
    assert each["c"].values == ("low", "mid", "high")
    assert (each["t"].values, each["t"].shares) == (("True", "False"), ((0.75, 0.25),))


def test_the_rarest_of_many_categories_are_one():
    names = [f"c{number}" for number in range(12) for _ in range(20 - number)]
    each = found({"c": texts(*names)})["c"]
    assert each.values == (*(f"c{number}" for number in range(7)), "(others)")
    assert sum(each.shares[0]) == pytest.approx(1)


def test_few_numbers_have_a_cell_each_and_many_have_intervals_of_the_real_range():
    few = found({"k": [1, 1, 3, 2]}, {"k": [3, 3, 7, 7]})["k"]
    assert (few.ends, few.shares) == (("1", "7"), ((0.5, 0.25, 0.25, 0.0), (0.0, 0.0, 0.5, 0.5)))
    many = found({"x": np.linspace(0, 16, 161)}, {"x": [-5.0, 0.5, 99.0, None] * 10})["x"]
    assert many.ends == ("0", "16")
    assert len(many.shares[0]) == 16
    assert many.shares[0][3] == pytest.approx(10 / 161)
    assert (many.shares[1][0], many.shares[1][15], many.missing(1)) == (0.5, 0.25, 0.25)


def test_a_constant_real_column_has_the_range_of_all():
    each = found({"x": [5.0] * 20}, {"x": np.arange(20.0)})["x"]
    assert each.ends == ("0", "19")
    assert max(each.shares[0]) == 1


def test_dates_are_texts_at_the_ends_and_a_column_without_a_real_value_is_left_out():
    days = pd.to_datetime(["2026-01-01", "2026-03-01", None])
    each = found({"day": days, "empty": texts(None, None, None), "n": pd.array([1, None, 3], dtype="Int64")})
    assert list(each) == ["day", "n"]
    assert each["day"].ends == ("2026-01-01", "2026-03-01")
    assert each["n"].shares == ((1 / 3, 1 / 3),)
