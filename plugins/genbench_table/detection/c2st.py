"""Classifier two-sample test (C2ST) by boosted trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, log_parts, no_log
from genbench_table.columns.identifiers import caution_of_identifiers, join
from genbench_table.columns.values import columns_of
from genbench_table.detection.logistic_detection import cross_fitted, stratified_folds
from genbench_table.numeric.areas import area, mean_area
from genbench_table.numeric.shares import is_above
from genbench_table.numeric.trees import boosted_classifier, tree_matrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["c2st", "caution_of_repeats", "copies_of_rows", "repeated_share"]

_LEAST = 0.02  # of the rows
_A_PAIR = 2  # rows repeat together, so that as few draws decide their share


_CHANCE = 0.5  # the area of a classifier that learned nothing


def c2st(
    real: Samples,
    fake: Samples,
    *,
    folds: Annotated[int, Ge(2)] = 5,
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return the area under the ROC curve of a classifier of fakes, in [0.5, 1]; lower is better.

        max(0.5, mean over folds of the AUC on the fold of boosted trees fitted to the other folds)

    real, fake  rows of one space, at least `folds` each
    folds       into which both sides are divided at random

    0.5: the trees cannot tell the sides apart; 1: they always can. The trees are scikit-learn's
    HistGradientBoostingClassifier with its defaults. They take gaps and categories as they are, so neither is
    imputed nor encoded. A fresh table scores just above 0.5, on average 0.5 + 0.4 standard errors, because
    areas below 0.5 count as 0.5. More rows teach the trees more: compare at equal n. Copies of training rows
    score best.

    `low` and `high` are DeLong's interval of 95 % for the mean area, given the trees. The extra holds the
    mean area `auc` before it is cut, and `columns`: for each column, by how much the area falls where the
    column is shuffled among the rows of the fold, on average. The largest give the fakes away. A `warning`
    names columns that may be identifiers, and says if fakes repeat one another more than real rows do: equal
    rows are in different folds, and the trees recognise them.

    Raises Undefined if a side has fewer rows than folds.

    Source: Lopez-Paz & Oquab 2017 (arXiv:1610.06545), with the area in place of the accuracy.
    """
    columns = columns_of(real, fake)
    sides = tree_matrices(columns)
    rows = np.concatenate([side.rows for side in sides])
    is_fake = np.repeat([False, True], [len(real), len(fake)])

    logs = log_parts(log, *[1] * folds)
    rehearsed = iter(logs[:1])  # the first fit tells how long all take

    def fit(known: NDArray[Any], answers: NDArray[np.bool_]) -> Any:
        trees = boosted_classifier(sides[0].is_category, rng)
        model = trees.fit(known, answers, log=next(rehearsed, None))
        return lambda new: model.predict_proba(new)[:, 1]

    areas, falls = [], []
    places = stratified_folds(is_fake, folds, rng)
    fitted = cross_fitted(rows, is_fake, places, fit)
    for part, (found, score, inside) in zip(logs, fitted, strict=True):
        areas.append(found)
        without = _shuffled_areas(rows[inside], is_fake[inside], score, rng)
        falls.append(found.value - without)
        part(1, 1)
    mean = mean_area(areas)
    value, low, high = (max(_CHANCE, number) for number in (mean.value, *mean.interval))
    by_column = np.mean(falls, axis=0)
    extra = {
        "auc": mean.value,
        "columns": {column.name: float(fall) for column, fall in zip(columns, by_column, strict=True)},
    }
    caution = join(caution_of_identifiers(columns, 0), caution_of_repeats(*(side.rows for side in sides)))
    return Score(value, low, high, extra=extra | caution)


def _shuffled_areas(
    rows: NDArray[Any], is_fake: NDArray[np.bool_], score: Any, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return (d,) the areas on rows whose columns are shuffled, one at a time."""
    areas = []
    for place in range(rows.shape[1]):
        changed = rows.copy()
        changed[:, place] = rng.permutation(changed[:, place])
        scores = score(changed)
        areas.append(area(scores[is_fake], scores[~is_fake]).value)
    return np.array(areas)


# Rows that equal another row of their side, and the caution of a classifier's score that they spoil.


def caution_of_repeats(real: NDArray[np.float64], fake: NDArray[np.float64]) -> dict[str, str]:
    """Return the `warning` for the extra of a score if fakes repeat one another more than real rows do.

    real, fake  (n, d) and (m, d), NaN being equal to NaN

    The share of rows that equal another row of their side is 2 % higher among the fakes, and more than chance
    explains. Shares are those of equally many rows, since more rows repeat one another more often.
    """
    n = min(len(real), len(fake))
    copies = copies_of_rows(fake)
    usual, share = repeated_share(copies_of_rows(real), n), repeated_share(copies, n)
    if share - usual < _LEAST or not is_above(share, usual, n / _A_PAIR, n / _A_PAIR):
        return {}
    return {
        "warning": f"{np.mean(copies > 0):.0%} of the fakes equal another fake: the trees recognise these, "
        "so c2st is above what single rows would give"
    }


def copies_of_rows(rows: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each row of (n, d) how many other rows are equal to it."""
    import pandas as pd

    frame = pd.DataFrame(rows)
    groups: Any = frame.groupby(list(frame), dropna=False, sort=False)
    counts: NDArray[np.intp] = groups[frame.columns[0]].transform("size").to_numpy()
    return counts - 1


def repeated_share(copies: NDArray[np.intp], n: int) -> float:
    """Return the expected share of rows that equal another one among n of them, drawn at random.

    copies  (m,) of each row, m >= n
    """
    others = max(1, len(copies) - 1)
    return float(np.mean(1 - (1 - (n - 1) / others) ** copies))
