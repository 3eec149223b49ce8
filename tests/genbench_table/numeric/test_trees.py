"""Matrices of tables for boosted trees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.numeric import trees as trees_module
from genbench_table.numeric.trees import BoostedTrees, boosted_classifier, boosted_regressor, tree_matrices
from threadpoolctl import threadpool_info, threadpool_limits

from genbench import Samples


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def test_gaps_are_nan_and_equal_categories_have_equal_codes_on_both_sides():
    one = table(x=[1.0, None, 3.0], c=pd.Series(["a", "b", None], dtype=object))
    other = table(x=[4.0, 5.0], c=pd.Series(["b", "new"], dtype=object))
    first, second = tree_matrices(columns_of(one, other))
    assert first.is_category.tolist() == [False, True]
    np.testing.assert_array_equal(first.rows[:, 0], [1, np.nan, 3])
    assert np.isnan(first.rows[2, 1])
    assert first.rows[1, 1] == second.rows[0, 1]
    assert len({first.rows[0, 1], first.rows[1, 1], second.rows[1, 1]}) == 3


def test_rare_categories_beyond_250_share_a_code():
    texts = [f"t{number}" for number in range(400)] + ["often"] * 5
    (matrix,) = tree_matrices(columns_of(table(c=pd.Series(texts, dtype=object))))
    codes = matrix.rows[:, 0]
    assert codes[-1] == 0
    assert codes.max() == 250
    assert (codes == 250).sum() == 151


def test_trees_take_gaps_and_many_categories():
    rng = np.random.default_rng(0)
    texts = pd.Series([f"t{number}" for number in rng.integers(300, size=400)], dtype=object)
    numbers = np.where(rng.uniform(size=400) < 0.2, np.nan, rng.normal(size=400))
    (matrix,) = tree_matrices(columns_of(table(c=texts, x=numbers)))
    answers = np.isnan(numbers)
    trees = boosted_classifier(matrix.is_category, rng).fit(matrix.rows, answers)
    assert (trees.predict(matrix.rows) == answers).all()
    found = boosted_regressor(matrix.is_category, rng).fit(matrix.rows, answers * 3.0).predict(matrix.rows)
    np.testing.assert_allclose(found, answers * 3.0, atol=0.01)


def _threads():
    return max(each["num_threads"] for each in threadpool_info() if each["user_api"] == "openmp")


class _Spy:
    """A model that keeps the number of threads of each call."""

    def __init__(self):
        self.found = []

    def _note(self, *_args):
        self.found.append(_threads())

    fit = predict = predict_proba = _note


def test_trees_use_one_thread_and_leave_the_process_its_own_number():
    rows, answers = np.zeros((4, 1)), np.zeros(4)
    boosted_classifier(np.array([False]), np.random.default_rng(0))  # loads scikit-learn
    spy = _Spy()
    with threadpool_limits(3, user_api="openmp"):
        trees = BoostedTrees(spy).fit(rows, answers)
        trees.predict(rows)
        trees.predict_proba(rows)
        assert _threads() == 3
    assert spy.found == [1, 1, 1]


def test_trees_are_the_same_at_any_number_of_threads():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 4))
    answers = rows[:, 0] + rng.normal(size=300) > 0
    trees = boosted_classifier(np.zeros(4, dtype=bool), np.random.default_rng(0))
    one = trees.fit(rows, answers).predict_proba(rows)
    with threadpool_limits(2, user_api="openmp"):
        two = trees.model.fit(rows, answers).predict_proba(rows)
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("make", [boosted_classifier, boosted_regressor])
def test_a_column_of_gaps_alone_is_ignored(make):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 2))
    answers = (rows[:, 0] > 0).astype(float)
    gaps = np.column_stack([rows[:, 0], np.full(200, np.nan)])
    trees = make(np.zeros(2, bool), np.random.default_rng(0)).fit(gaps, answers)
    assert (trees.predict(rows).round() == answers).all()
    assert (trees.predict(rows) == trees.predict(gaps)).all()


def test_the_first_trees_of_many_rows_tell_how_long_all_take_and_change_none(monkeypatch):
    rng, told = np.random.default_rng(0), []
    rows = rng.normal(size=(300, 3))
    answers = rows[:, 0] > 0
    plain = boosted_classifier(np.zeros(3, bool), np.random.default_rng(0)).fit(rows, answers)
    monkeypatch.setattr(trees_module, "_LONG", 0)
    found = boosted_classifier(np.zeros(3, bool), np.random.default_rng(0)).fit(
        rows, answers, log=lambda *step: told.append(step)
    )
    assert told == [(0, 1000), (38, 1000), (1000, 1000)]
    assert found.predict_proba(rows).tobytes() == plain.predict_proba(rows).tobytes()
