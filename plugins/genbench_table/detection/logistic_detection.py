"""Detection of fakes by logistic regression, as sdmetrics defines it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of
from genbench_table.detection.folds import cross_fitted, stratified_folds
from genbench_table.encoding.encoding import fit_encoding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["detection_score", "logistic_detection"]

_FOLDS = 3  # sdmetrics'
_ITERATIONS = 1000  # sdmetrics stops after 100, converged or not
_CHANCE = 0.5


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
    areas = [found.value for found, *_ in cross_fitted(rows, is_fake, folds, _fitted)]
    separation = np.mean([2 * max(_CHANCE, each) - 1 for each in areas])
    return Score(float(1 - separation), extra={"auc": float(np.mean(areas))})


def _fitted(rows: NDArray[Any], is_fake: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression

    low, middle, high = np.quantile(rows, (0.25, 0.5, 0.75), axis=0)
    spread = np.where(high > low, high - low, 1.0)
    model = LogisticRegression(max_iter=_ITERATIONS).fit((rows - middle) / spread, is_fake)
    return lambda new: model.decision_function((new - middle) / spread)
