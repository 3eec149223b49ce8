"""Fairness: what each group of real rows loses where models learn from fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Undefined, log_parts, no_log
from genbench_table.utility.group_share_gap import groups_of
from genbench_table.utility.learners import fit, of_predictions
from genbench_table.utility.tasks import Learner, TaskKind, task_of
from genbench_table.utility.tstr import as_many, caution_of_more

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["group_tstr_gap"]


def group_tstr_gap(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    group: str | None = None,
    learner: Learner = "boosting",
    task: TaskKind = "auto",
    least: Annotated[int, Ge(2)] = 20,
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return the largest loss of a group of real rows, at most 1 for classes; lower is better.

        max over groups g of  measure on g of a model fitted to train  -  measure on g of one fitted to fake

    fake, train, real  rows of one space that names a target
    group              the column whose values are the groups; it stays a feature of the models
    learner, task      as in `tstr-boosting` and `tstr-linear`; so are the measures, macro AUC or R2
    least              real rows of a group, below which it is left out

    0: no group loses. The largest of several losses is above 0 by chance, the more so the smaller the
    groups: compare with the control `held-out`. The extra holds `groups`: of each, `tstr`, `trtr`, `gap` and
    `n`; the `spread`, largest - smallest gap; and `left_out`, groups with fewer rows, or with one class or
    number only. It holds a `warning` as that of `tstr-boosting-gap` does.

    Raises Undefined without `group` or a target, and if no group is left.

    Source: the definition above; train on synthetic, test on real is of Esteban, Hyland & Rätsch 2017
    (arXiv:1706.02633).
    """
    names, (of_real,) = groups_of((real,), group)
    found = task_of((fake, train, real), ("fake", "train", "real"), learner, task)
    made, known, tested = found.sides
    caution = caution_of_more(made, known)
    known = as_many(known, len(made.answers), rng)
    first, second = log_parts(log, len(made.answers), len(known.answers))
    predicted = [fit(found, made, learner, rng, first)(tested.rows)]
    first(1, 1)
    predicted.append(fit(found, known, learner, rng)(tested.rows))
    second(1, 1)
    groups: dict[str, dict[str, float]] = {}
    left_out = []
    for number, name in enumerate(names):
        rows = np.flatnonzero(of_real[tested.kept] == number)
        measured = _measure(tested.answers[rows], [each[rows] for each in predicted], least)
        if measured is None:
            left_out.append(name)
        else:
            tstr, trtr = measured
            groups[name] = {"tstr": tstr, "trtr": trtr, "gap": trtr - tstr, "n": len(rows)}
    if not groups:
        raise Undefined(f"no group of {group!r} has {least} real rows with different targets; lower least")
    gaps = [each["gap"] for each in groups.values()]
    extra = {"groups": groups, "spread": max(gaps) - min(gaps), "left_out": left_out}
    return Score(max(gaps), extra=extra | caution)


def _measure(answers: NDArray[Any], predicted: list[NDArray[Any]], least: int) -> list[float] | None:
    """Return the measure of each prediction; None for too few answers, or for equal ones."""
    if len(answers) < least or np.ptp(answers) == 0:
        return None
    return [of_predictions(answers, each)[0] for each in predicted]
