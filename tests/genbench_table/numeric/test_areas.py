"""Areas under ROC curves, beside scikit-learn and DeLong's formula by pairs."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.numeric.areas import Area, area, mean_area
from sklearn.metrics import roc_auc_score


def by_pairs(positive, negative):
    """Return DeLong's area and variance from the matrix of all pairs."""
    terms = (positive[:, None] > negative) + (positive[:, None] == negative) / 2
    variance = terms.mean(axis=1).var(ddof=1) / len(positive) + terms.mean(axis=0).var(ddof=1) / len(negative)
    return terms.mean(), variance


@pytest.mark.parametrize("values", [3, 1000])
def test_the_area_is_that_of_scikit_learn_and_the_variance_that_of_all_pairs(values):
    rng = np.random.default_rng(0)
    positive, negative = rng.integers(values, size=40) + 1.0, rng.integers(values, size=25).astype(float)
    found = area(positive, negative)
    answers = np.repeat([1, 0], [40, 25])
    assert found.value == pytest.approx(roc_auc_score(answers, np.append(positive, negative)), abs=1e-12)
    assert (found.value, found.variance) == pytest.approx(by_pairs(positive, negative), abs=1e-12)


def test_separated_scores_have_the_area_1_and_equal_ones_a_half():
    assert area(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == Area(1.0, 0.0)
    assert area(np.ones(3), np.ones(2)) == Area(0.5, 0.0)
    assert area(np.array([1.0]), np.array([0.0])) == Area(1.0, 0.0)


def test_an_interval_reaches_1_96_standard_errors_and_not_beyond_0_and_1():
    assert Area(0.5, 0.01).interval == pytest.approx((0.304, 0.696), abs=1e-4)
    assert Area(0.99, 0.01).interval[1] == 1.0
    assert Area(0.01, 0.01).interval[0] == 0.0


def test_the_interval_holds_the_true_area_in_95_of_100_draws():
    """Normal scores one apart have the area Phi(1 / sqrt 2) = 0.7602; 500 draws vary by 1 % in coverage."""
    rng = np.random.default_rng(1)
    intervals = [area(rng.normal(1, 1, 80), rng.normal(0, 1, 60)).interval for _ in range(500)]
    assert np.mean([low <= 0.76025 <= high for low, high in intervals]) == pytest.approx(0.95, abs=0.03)


def test_the_mean_of_areas_has_the_variance_of_a_mean():
    assert mean_area([Area(0.5, 0.02), Area(0.7, 0.04)]) == Area(pytest.approx(0.6), pytest.approx(0.015))
