"""Train on synthetic, test on real (TSTR): accuracy of a linear classifier trained on fakes."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import Score, Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.utility.learners import fit_logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["tstr"]

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
