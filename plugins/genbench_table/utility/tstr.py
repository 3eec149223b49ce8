"""Train on synthetic, test on real (TSTR), for the target of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Score, log_parts, no_log
from genbench_table.utility.learners import fit, of_predictions
from genbench_table.utility.tasks import Learner, Side, TaskKind, task_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["as_many", "caution_of_more", "tstr_boosting", "tstr_linear"]

_MORE = 1.1  # times as many fakes as training rows, above which the gap says less


def tstr_boosting(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    task: TaskKind = "auto",
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `tstr-boosting` (higher is better) and `tstr-boosting-gap` (lower is better).

        tstr-boosting      the measure on `real` of boosted trees fitted to `fake`
        tstr-boosting-gap  the measure of trees fitted to as many rows of `train`, minus that

    fake, train, real  rows of one space that names a target; those whose target is missing are left out
    task               "classes", "number", or "auto": classes if the target has categories or truth values,
                       or integers of at most 10 values in train

    The measure of classes is the macro AUC, the mean over the classes of `real` of the area under the ROC
    curve that tells one from all others, in [0, 1] with 0.5 for chance. That of a number is R2, at most 1,
    with 0 for the mean of `real`. A class that the fakes lack has the area 0.5.

    The trees are scikit-learn's HistGradientBoosting models with their defaults, so numbers differ from those
    of XGBoost with a search for parameters, which TabSyn quotes. Gaps and categories are taken as they are.
    Where `train` has more rows than `fake`, it is cut to as many, drawn without replacement: all generators
    get the same ones. Both numbers change with n. The extra of tstr-boosting holds all measures, `auc`, `f1`
    (macro) and `accuracy`, or `r2`, `rmse` and `mae`; that of the gap holds those of `trtr`, train on real,
    and `n_train`. With more fakes than training rows, the gap can flatter them: its extra then holds a
    `warning`.

    Raises Undefined without a target, without two rows that have one on each side, and where all real rows
    have one class or number.

    Source: Esteban, Hyland & Rätsch 2017 (arXiv:1706.02633); Zhang et al. 2024 (arXiv:2310.09656).
    """
    return _tstr("tstr-boosting", (fake, train, real), "boosting", task, rng, log)


def tstr_linear(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    task: TaskKind = "auto",
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `tstr-linear` (higher is better) and `tstr-linear-gap` (lower is better).

        tstr-linear      = AUC or R^2 on real of a linear model fitted to fake
        tstr-linear-gap  = that of one fitted to train, minus tstr-linear

    The same numbers as `tstr_boosting` gives, of a logistic regression for classes and a ridge regression for
    a number, both scikit-learn's with their defaults. Columns are encoded by `train`: gaps of numbers at its
    mean and marked in a column of their own, categories one-hot; then they are standardised. Linear models
    learn no interaction of columns.

    Raises Undefined as `tstr_boosting` does.

    Source: as of `tstr_boosting`.
    """
    return _tstr("tstr-linear", (fake, train, real), "linear", task, rng, log)


def _tstr(
    name: str,
    tables: tuple[Samples, ...],
    learner: Learner,
    kind: TaskKind,
    rng: np.random.Generator,
    log: Log,
) -> dict[str, Score]:
    task = task_of(tables, ("fake", "train", "real"), learner, kind)
    fake, train, real = task.sides
    caution = caution_of_more(fake, train)
    train = as_many(train, len(fake.answers), rng)
    first, second = log_parts(log, len(fake.answers), len(train.answers))
    value, measures = of_predictions(real.answers, fit(task, fake, learner, rng, first)(real.rows))
    first(1, 1)
    genuine, trtr = of_predictions(real.answers, fit(task, train, learner, rng)(real.rows))
    second(1, 1)
    return {
        name: Score(value, extra=measures),
        f"{name}-gap": Score(genuine - value, extra={"trtr": trtr, "n_train": len(train.answers)} | caution),
    }


def caution_of_more(fake: Side, train: Side) -> dict[str, str]:
    """Return the `warning` for the extra of a gap if fakes are over 10 % more than training rows, else {}.

    Fakes are not cut to as many: a generator can give any number, and `tstr` says what they teach together.
    """
    n, known = len(fake.answers), len(train.answers)
    if n <= _MORE * known:
        return {}
    return {
        "warning": f"{n:,} fakes and {known:,} training rows: more rows teach more, so the gap can flatter "
        f"the fakes; lower n to {known}"
    }


def as_many(side: Side, n: int, rng: np.random.Generator) -> Side:
    """Return n rows of a side in their order, drawn without replacement; all rows if it has no more."""
    total = len(side.answers)
    if total <= n:
        return side
    chosen: NDArray[np.intp] = np.sort(rng.choice(total, n, replace=False))
    return side.take(chosen)
