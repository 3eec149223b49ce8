"""Learners of tables: boosted trees, and linear models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.numeric.trees import boosted_classifier, boosted_regressor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Log
    from genbench_table.utility.tasks import Learner, Side, Task

__all__ = ["fit", "linear_classifier", "linear_regressor"]

_ITERATIONS = 1000


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
