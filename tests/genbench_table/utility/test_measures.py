"""Measures of predictions, beside scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.utility.learners import of_classes, of_numbers, of_predictions
from sklearn import metrics

from genbench import Undefined

RNG = np.random.default_rng(0)


def test_measures_of_classes_are_those_of_scikit_learn():
    answers, probabilities = RNG.integers(4, size=90), RNG.dirichlet(np.ones(4), size=90)
    predicted = probabilities.argmax(axis=1)
    assert of_classes(answers, probabilities) == pytest.approx(
        {
            "auc": metrics.roc_auc_score(answers, probabilities, multi_class="ovr", average="macro"),
            "f1": metrics.f1_score(answers, predicted, average="macro"),
            "accuracy": metrics.accuracy_score(answers, predicted),
        }
    )


def test_the_area_of_two_classes_is_that_of_either():
    answers, share = RNG.integers(2, size=50), RNG.uniform(size=50)
    found = of_classes(answers, np.column_stack([1 - share, share]))
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(answers, share))


def test_a_class_without_probability_counts_a_half_and_one_without_answers_nothing():
    answers = np.array([0, 0, 1, 1, 2, 2])
    probabilities = np.array(
        [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]
    )
    found = of_classes(answers, probabilities.astype(float))
    assert found["auc"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["f1"] == pytest.approx((1 + 1 + 0 + 0) / 4)


def test_measures_of_numbers_are_those_of_scikit_learn():
    answers, predicted = RNG.normal(size=(2, 40))
    assert of_numbers(answers, predicted) == pytest.approx(
        {
            "r2": metrics.r2_score(answers, predicted),
            "rmse": metrics.root_mean_squared_error(answers, predicted),
            "mae": metrics.mean_absolute_error(answers, predicted),
        }
    )


def test_the_leading_measures_are_the_area_and_r2():
    assert of_predictions(np.array([0, 1]), np.eye(2)) == (1.0, {"auc": 1.0, "f1": 1.0, "accuracy": 1.0})
    assert of_predictions(np.array([1.0, 3.0]), np.array([2.0, 2.0]))[0] == 0.0


def test_equal_answers_are_undefined():
    with pytest.raises(Undefined, match="one class"):
        of_classes(np.zeros(3, int), np.ones((3, 1)))
    with pytest.raises(Undefined, match="one number"):
        of_numbers(np.ones(3), np.arange(3.0))
