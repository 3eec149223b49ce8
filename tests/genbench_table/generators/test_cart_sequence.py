from __future__ import annotations

import numpy as np
import pandas as pd
from genbench_table.generators.cart_sequence import CartSequence
from numpy.random import default_rng

from genbench import Samples, digests


def test_what_follows_from_the_columns_before_is_kept():
    rng = default_rng(0)
    x = rng.integers(0, 4, size=600)
    frame = pd.DataFrame({"x": x, "town": np.array(list("abcd"), dtype=object)[x], "y": x * 10.0})
    drawn = CartSequence(Samples.of("table", frame), rng=rng).sample(500, rng=rng).data
    assert (drawn["town"] == np.array(list("abcd"))[drawn["x"]]).all()
    assert (drawn["y"] == drawn["x"] * 10).all()


def test_values_are_training_values_and_their_dependence_is_near_that_of_the_training_rows(people):
    drawn = CartSequence(people, rng=default_rng(0)).sample(2000, rng=default_rng(1)).data
    for name, column in people.data.items():
        assert set(drawn[name].dropna()) <= set(column)
    assert abs(drawn["age"].corr(drawn["income"]) - people.data["age"].corr(people.data["income"])) < 0.06
    assert abs(drawn["income"].isna().mean() - people.data["income"].isna().mean()) < 0.04


def test_leaves_of_one_row_copy_rows_and_large_ones_make_new_rows(people):
    def copied(least):
        model = CartSequence(people, min_samples_leaf=least, rng=default_rng(0))
        rows, known = (set(digests(each)) for each in (model.sample(300, rng=default_rng(1)), people))
        return len(rows & known) / len(rows)

    assert copied(1) > 0.9
    assert copied(20) < 0.5


def test_gaps_that_depend_on_another_column_do_so_in_new_rows():
    rng = default_rng(0)
    x = rng.normal(size=800)
    frame = pd.DataFrame({"x": x, "y": np.where(x > 0.3, np.nan, x)})
    drawn = CartSequence(Samples.of("table", frame), rng=rng).sample(800, rng=rng).data
    assert (drawn["y"].isna() == (drawn["x"] > 0.3)).mean() > 0.98
