"""Train on synthetic, test on real (TSTR): accuracy of a linear classifier trained on fakes."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import Score, Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["Logistic", "fit_logistic", "tstr"]

# A fit tells no steps. Where it takes seconds, a rehearsal on each 16th row tells how long it takes.
_REHEARSED = 16
_LONG = 10**6  # features


def tstr(  # noqa: PLR0913 - sides with their labels
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    fake_labels: NDArray[np.int64],
    train: NDArray[Any],
    train_labels: NDArray[np.int64],
    *,
    c: Annotated[float, Gt(0)] = 1.0,
    iterations: Annotated[int, Ge(1)] = 1000,
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `tstr` (in [0, 1], higher is better) and `tstr-gap` (in [-1, 1], lower is better).

        tstr:      accuracy on `real` of a classifier trained on `fake`
        tstr-gap:  accuracy on `real` of one trained on as many rows of `train`, minus tstr

    real, fake, train  (n, d) features, float32 or float64, with (n,) labels; computed in float64
    c                  inverse of the penalty of the logistic regression
    iterations         largest number of solver iterations

    Where `train` has more rows than `fake`, it is cut to as many, drawn without replacement: all generators
    get the same ones. A gap of 0 means that fakes teach as much as real samples; below 0 they teach more. The
    classifier never predicts a label that the fakes lack. Both numbers change with n. The extra of `tstr`
    holds the accuracy `by_class`; that of `tstr-gap` holds the accuracy `trtr` and the number of rows,
    `n_train`.

    Raises Undefined where a side is empty or the solver does not converge, and Invalid for features that are
    not finite.

    Source: Esteban, Hyland & Rätsch 2017 (arXiv:1706.02633); the gap is the difference to their TRTR.
    """
    real, fake, train = features(real=real, fake=fake, train=train)
    require(1, "tstr", real=real, fake=fake, train=train)
    rows = _as_many(len(train), len(fake), rng)
    fit = partial(fit_logistic, c=c, iterations=iterations)
    first, second, third = log_parts(log, len(fake) / _REHEARSED, len(fake), len(rows))
    if fake.size > _LONG:
        with suppress(Undefined):  # fewer rows may not converge
            fit(fake[::_REHEARSED], fake_labels[::_REHEARSED])
        first(1, 1)
    synthetic = fit(fake, fake_labels).predict(real) == real_labels
    second(1, 1)
    genuine = fit(train[rows], train_labels[rows])
    third(1, 1)
    trtr = float((genuine.predict(real) == real_labels).mean())
    value = float(synthetic.mean())
    classes = {str(label): float(synthetic[real_labels == label].mean()) for label in np.unique(real_labels)}
    return {
        "tstr": Score(value, extra={"by_class": classes}),
        "tstr-gap": Score(trtr - value, extra={"trtr": trtr, "n_train": len(rows)}),
    }


def _as_many(n: int, wanted: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return `wanted` of n rows in ascending order, drawn without replacement; all rows if n <= wanted."""
    return np.arange(n) if n <= wanted else np.sort(rng.choice(n, wanted, replace=False))


# Multinomial logistic regression on features.


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
