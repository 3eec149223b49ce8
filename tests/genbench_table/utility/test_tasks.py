"""What learners predict, and from which columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.utility.tasks import task_of

from genbench import Samples, Undefined

NAMES = ("fake", "train")


def table(target="y", **columns):
    return Samples.of("table", pd.DataFrame(columns), target=target)


def task(*tables, learner="boosting", kind="auto"):
    return task_of(tables, NAMES, learner, kind)


@pytest.mark.parametrize(
    ("values", "kind", "classes"),
    [
        (pd.Series(["a", "b"] * 6, dtype=object), "auto", 2),
        (pd.Series([True, False] * 6), "auto", 2),
        ([0, 1, 2, 2] * 3, "auto", 3),
        ([0, 1, 2, 2] * 3, "number", None),
        (range(12), "auto", None),
        (range(12), "classes", 12),
        ([0.0, 1.0] * 6, "auto", None),
        ([0.0, 1.0] * 6, "classes", 2),
        (pd.date_range("2020-01-01", periods=12), "auto", None),
    ],
)
def test_categories_and_few_integers_are_classes_and_other_targets_numbers(values, kind, classes):
    one = table(x=np.arange(12.0), y=values)
    assert task(one, one, kind=kind).classes == classes


def test_rows_without_a_target_are_left_out_and_the_target_is_no_feature():
    one = table(x=[1.0, 2.0, 3.0], y=[1.5, None, 2.5])
    side = task(one, one).sides[0]
    assert side.rows.tolist() == [[1.0], [3.0]]
    assert side.answers.tolist() == [1.5, 2.5]
    assert side.kept.tolist() == [0, 2]
    assert side.take(np.array([1])).answers.tolist() == [2.5]


def test_equal_classes_have_equal_numbers_on_all_sides():
    one = table(x=[1.0, 2.0], y=pd.Series(["b", "c"], dtype=object))
    other = table(x=[1.0, 2.0, 3.0], y=pd.Series(["a", "b", None], dtype=object))
    found = task(one, other)
    assert [side.answers.tolist() for side in found.sides] == [[1, 2], [0, 1]]
    assert found.classes == 3


def test_linear_learners_get_columns_as_the_training_table_encodes_them():
    train = table(x=[0.0, 4.0, None], c=pd.Series(["a", "b", "b"], dtype=object), y=[1.5, 2.5, 3.5])
    fake = table(x=[2.0, 8.0], c=pd.Series(["new", "a"], dtype=object), y=[1.0, 2.0])
    found = task(fake, train, learner="linear")
    assert found.sides[0].rows.tolist() == [[0.5, 0.0, 0.0, 0.0], [2.0, 0.0, 1.0, 0.0]]
    assert not found.is_category.any()


def test_a_table_without_target_columns_or_answers_is_undefined():
    with pytest.raises(Undefined, match=r"no target; name the column .* --reader 'table-file target=price'$"):
        task(table(None, x=[1.0]), table(None, x=[1.0]))
    with pytest.raises(Undefined, match="no column beside its target 'y'"):
        task(table(y=[1.0]), table(y=[1.0]))
    gaps, full = table(x=[1.0, 2.0], y=[None, 1.5]), table(x=[1.0, 2.0], y=[0.5, 1.5])
    with pytest.raises(Undefined, match="fake has 1 rows with a 'y'; expected at least 2"):
        task(gaps, full)
    empty = table(x=[None, None], y=[0.5, 1.5])
    with pytest.raises(Undefined, match="no column of train beside its target has a value"):
        task(empty, empty, learner="linear")
