"""Detection of fakes by logistic regression, as sdmetrics defines it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score, Undefined
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of
from genbench_table.encoding.encoding import fit_encoding
from genbench_table.numeric.areas import area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.numeric.areas import Area

    Scores = Callable[[NDArray[Any]], NDArray[np.float64]]  # of rows (n, d), higher for fakes
    Fit = Callable[[NDArray[Any], NDArray[np.bool_]], Scores]

__all__ = ["cross_fitted", "detection_score", "logistic_detection", "stratified_folds"]

_FOLDS = 3  # sdmetrics'

_ITERATIONS = 1000  # sdmetrics stops after 100, converged or not

_CHANCE = 0.5  # the area of a classifier that learned nothing


def logistic_detection(real: Samples, fake: Samples, *, rng: np.random.Generator) -> Score:
    """Return how little a logistic regression tells fake rows from real ones, in [0, 1]; higher is better.

        1 - mean over 3 folds of (2 max(0.5, AUC on the fold) - 1)

    real, fake  rows of one space, at least 3 each

    1: it cannot tell them apart. The regression is scikit-learn's with its defaults, on columns less their
    median, divided by their interquartile range, or by 1 where that is 0. Numbers and dates are one column
    each with the mean of the reference in gaps, and a column that says where the gaps are; categories and
    truth values are one-hot.

    It sees columns one at a time: a table of independently shuffled columns, which has lost all dependence,
    scores as a fresh table does. It is here so that numbers can be compared with those of sdmetrics; use
    `c2st` to judge. sdmetrics leaves truth values and gaps out, draws other folds at each call, and fails
    where the fakes have a category that the reference lacks. The extra holds the mean area, `auc`, and a
    `warning` that names columns that may be identifiers.

    Raises Undefined if a side has fewer than 3 rows, or the reference has no value at all.

    Source: sdmetrics 0.32, single_table.LogisticDetection.
    """
    encoding = fit_encoding(real)
    rows = np.concatenate([encoding.encode(real), encoding.encode(fake)])
    is_fake = np.repeat([False, True], [len(real), len(fake)])
    found = detection_score(rows, is_fake, stratified_folds(is_fake, _FOLDS, rng))
    return replace(found, extra={**found.extra, **caution_of_identifiers(columns_of(real), 0)})


def detection_score(rows: NDArray[Any], is_fake: NDArray[np.bool_], folds: NDArray[np.intp]) -> Score:
    """Return `logistic_detection` of rows (n, d) and the fold (n,) of each."""
    areas = [found.value for found, *_ in cross_fitted(rows, is_fake, folds, _fit)]
    separation = np.mean([2 * max(_CHANCE, each) - 1 for each in areas])
    return Score(float(1 - separation), extra={"auc": float(np.mean(areas))})


def _fit(rows: NDArray[Any], is_fake: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression

    low, middle, high = np.quantile(rows, (0.25, 0.5, 0.75), axis=0)
    spread = np.where(high > low, high - low, 1.0)
    model = LogisticRegression(max_iter=_ITERATIONS).fit((rows - middle) / spread, is_fake)
    return lambda new: model.decision_function((new - middle) / spread)


# Cross-fitted areas under ROC curves: how well a classifier tells unseen fakes from unseen real rows.


def stratified_folds(is_fake: NDArray[np.bool_], k: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the fold (n,) in 0 .. k - 1 of each row, drawn so that sides have equal shares in all folds.

    Raises Undefined if a side has fewer than k rows.
    """
    folds = np.empty(len(is_fake), np.intp)
    for side, name in ((True, "fake"), (False, "real")):
        rows = np.flatnonzero(is_fake == side)
        if len(rows) < k:
            raise Undefined(f"{k} folds need at least {k} samples; {name} has {len(rows)}")
        folds[rng.permutation(rows)] = np.arange(len(rows)) % k
    return folds


def cross_fitted(
    rows: NDArray[Any], is_fake: NDArray[np.bool_], folds: NDArray[np.intp], fit: Fit
) -> Iterator[tuple[Area, Scores, NDArray[np.intp]]]:
    """Yield for each fold the area on its rows, the function of scores that the others give, and its rows.

    fit  takes rows (n, d) and whether each is fake (n,)
    """
    for fold in np.unique(folds):
        inside = np.flatnonzero(folds == fold)
        outside = np.flatnonzero(folds != fold)
        score = fit(rows[outside], is_fake[outside])
        found = score(rows[inside])
        yield area(found[is_fake[inside]], found[~is_fake[inside]]), score, inside
