"""Multinomial logistic regression on features."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Logistic", "fit_logistic"]


@dataclass(frozen=True, eq=False)
class Logistic:
    """A fitted regression.

    model   scikit-learn's, or None where all rows of the fit have one label
    labels  (k,) the labels of the fit, ascending
    """

    model: Any  # scikit-learn has no types
    labels: NDArray[np.int64]

    def predict(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Return the (n,) most probable labels of rows (n, d)."""
        if self.model is None:
            return np.full(len(x), self.labels[0])
        return np.asarray(self.model.predict(np.asarray(x, dtype=np.float64)))


def fit_logistic(x: NDArray[Any], labels: NDArray[np.int64], *, c: float, iterations: int) -> Logistic:
    """Return the logistic regression of (n,) labels on rows x (n, d), fitted in float64.

        minimum over W, b of  sum of -log p(label | row; W, b)  +  |W|^2 / (2 c)

    c           inverse of the penalty on the weights; the intercepts b have no penalty
    iterations  largest number of iterations of the solver (L-BFGS)

    Raises Undefined if the solver does not converge in that number.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    known = np.unique(labels)
    if len(known) == 1:
        return Logistic(None, known)
    model = LogisticRegression(C=c, max_iter=iterations)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model.fit(np.asarray(x, dtype=np.float64), labels)
        except ConvergenceWarning as error:
            raise Undefined(
                f"logistic regression has not converged in {iterations} iterations; raise iterations, or "
                f"lower c"
            ) from error
    return Logistic(model, known)
