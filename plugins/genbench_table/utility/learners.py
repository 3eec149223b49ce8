"""Learners of tables: boosted trees, and linear models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_table.numeric.areas import area
from genbench_table.numeric.trees import boosted_classifier, boosted_regressor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Log
    from genbench_table.utility.tasks import Learner, Side, Task

__all__ = ["fit", "linear_classifier", "linear_regressor", "of_classes", "of_numbers", "of_predictions"]

_ITERATIONS = 1000  # scikit-learn's 100 end before some tables have converged


def fit(
    task: Task, side: Side, learner: Learner, rng: np.random.Generator, log: Log | None = None
) -> Callable[[NDArray[Any]], Any]:
    """Return the function that predicts rows (m, d): (m, classes) probabilities, or (m,) numbers.

    A class that `side` lacks has the probability 0. `log` is told how long boosted trees take.
    """
    if task.classes is None:
        if learner == "boosting":
            return boosted_regressor(task.is_category, rng).fit(side.rows, side.answers, log=log).predict
        linear: Callable[[NDArray[Any]], Any] = linear_regressor().fit(side.rows, side.answers).predict
        return linear
    classes = task.classes
    known = np.unique(side.answers)
    inner = None
    if len(known) > 1:
        if learner == "boosting":
            inner = boosted_classifier(task.is_category, rng).fit(side.rows, side.answers, log=log)
        else:
            inner = linear_classifier().fit(side.rows, side.answers)

    def predict(rows: NDArray[Any]) -> NDArray[np.float64]:
        probabilities = np.zeros((len(rows), classes))
        probabilities[:, known] = 1.0 if inner is None else inner.predict_proba(rows)
        return probabilities

    return predict


def linear_classifier() -> Any:
    """Return scikit-learn's logistic regression with its defaults, on standardised columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=_ITERATIONS))


def linear_regressor() -> Any:
    """Return scikit-learn's ridge regression with its defaults, on standardised columns."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), Ridge())


# Measures of predictions: macro AUC, F1 and accuracy of classes, R2 and errors of numbers.


def of_predictions(answers: NDArray[Any], predicted: NDArray[Any]) -> tuple[float, dict[str, float]]:
    """Return the leading measure of predictions, and all by name: of classes (n, k), or of numbers (n,)."""
    by_name = of_numbers(answers, predicted) if predicted.ndim == 1 else of_classes(answers, predicted)
    return next(iter(by_name.values())), by_name


def of_classes(answers: NDArray[np.int64], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return `auc`, `f1` and `accuracy` of probabilities (n, k), each in [0, 1]; higher is better.

        auc  the mean over the classes of the answers of the area that tells a class from all others
        f1   the mean of the F1 of classes that are an answer or predicted

    Raises Undefined if all answers are of one class.
    """
    classes = np.unique(answers)
    if len(classes) == 1:
        raise Undefined("all real rows are of one class; expected at least two")
    areas = [
        area(probabilities[answers == one, one], probabilities[answers != one, one]).value for one in classes
    ]
    predicted = probabilities.argmax(axis=1)
    scores = [_f1(answers == one, predicted == one) for one in np.union1d(classes, predicted)]
    return {
        "auc": float(np.mean(areas)),
        "f1": float(np.mean(scores)),
        "accuracy": float((answers == predicted).mean()),
    }


def of_numbers(answers: NDArray[np.float64], predicted: NDArray[np.float64]) -> dict[str, float]:
    """Return `r2`, at most 1, and `rmse` and `mae`, >= 0, in the unit of the answers.

        r2 = 1 - sum of (y - p)^2 / sum of (y - mean y)^2

    Raises Undefined if all answers are equal.
    """
    total = np.square(answers - answers.mean()).sum()
    if np.ptp(answers) == 0:
        raise Undefined("all real rows have one number; expected at least two")
    errors = answers - predicted
    return {
        "r2": float(1 - np.square(errors).sum() / total),
        "rmse": float(np.sqrt(np.square(errors).mean())),
        "mae": float(np.abs(errors).mean()),
    }


def _f1(is_class: NDArray[np.bool_], is_predicted: NDArray[np.bool_]) -> float:
    return 2 * float((is_class & is_predicted).sum() / (is_class.sum() + is_predicted.sum()))
