"""Cross-fitted areas under ROC curves: how well a classifier tells unseen fakes from unseen real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_table.numeric.areas import area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from genbench_table.numeric.areas import Area

    Scores = Callable[[NDArray[Any]], NDArray[np.float64]]  # of rows (n, d), higher for fakes
    Fit = Callable[[NDArray[Any], NDArray[np.bool_]], Scores]

__all__ = ["cross_fitted", "stratified_folds"]


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
