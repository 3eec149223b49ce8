"""Matrices of tables for boosted trees, which take gaps and categories as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import log_parts, no_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Log
    from genbench_table.columns.values import Column

__all__ = ["BoostedTrees", "TreeMatrix", "boosted_classifier", "boosted_regressor", "tree_matrices"]

#: Categories of a column; the rarest ones beyond them are one. scikit-learn takes 255 at most.
_MOST_LEVELS = 250

_TREES, _FIRST_TREES = 100, 4  # scikit-learn's default; so few first tell how long all will take
_LONG = 100_000  # cells of a table, from which on 100 trees take seconds


@dataclass(frozen=True, eq=False)
class TreeMatrix:
    """The rows of a table, (n, d) float64 with NaN for gaps, and which columns are categories, (d,) bool."""

    rows: NDArray[np.float64]
    is_category: NDArray[np.bool_]


def tree_matrices(columns: Sequence[Column]) -> tuple[TreeMatrix, ...]:
    """Return the matrix of each side of columns."""
    is_category = np.array([not column.is_numeric for column in columns], dtype=bool)
    parts = [column.sides if column.is_numeric else _codes(column) for column in columns]
    return tuple(
        TreeMatrix(np.column_stack(side).astype(np.float64), is_category) for side in zip(*parts, strict=True)
    )


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """A model of scikit-learn's boosted trees that learns and predicts on one thread.

    Its threads meet after each step, of which 100 trees have tens of thousands. Where another program has a
    core, all wait for the thread that has none: 1,000 rows take 10 times as long with two threads. The number
    of threads does not change what is learned.
    """

    model: Any

    def fit(
        self, rows: NDArray[np.float64], answers: NDArray[Any], *, log: Log | None = None
    ) -> BoostedTrees:
        """Learn the answers (n,) of rows (n, d), and return the trees; they ignore a column of gaps alone.

        log  is told how long it takes, which the first trees of many rows say
        """
        from sklearn.base import clone

        is_empty = np.isnan(rows).all(axis=0)  # scikit-learn finds no bins in it
        filled = np.where(is_empty, 0.0, rows)
        first, second = log_parts(log or no_log, _FIRST_TREES, _TREES)
        with _one_thread():
            if log is not None and rows.size > _LONG:
                clone(self.model).set_params(max_iter=_FIRST_TREES).fit(filled, answers)
                first(1, 1)
            self.model.fit(filled, answers)
        second(1, 1)
        return self

    def predict(self, rows: NDArray[np.float64]) -> NDArray[Any]:
        """Return the class or the number (n,) of each row."""
        with _one_thread():
            found: NDArray[Any] = self.model.predict(rows)
        return found

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities (n, classes) of each row."""
        with _one_thread():
            found: NDArray[np.float64] = self.model.predict_proba(rows)
        return found


def boosted_classifier(is_category: NDArray[np.bool_], rng: np.random.Generator) -> BoostedTrees:
    """Return scikit-learn's boosted trees for classes: 100 of 31 leaves, its defaults."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return BoostedTrees(HistGradientBoostingClassifier(**_options(is_category, rng)))


def boosted_regressor(is_category: NDArray[np.bool_], rng: np.random.Generator) -> BoostedTrees:
    """Return scikit-learn's boosted trees for numbers: 100 of 31 leaves, its defaults."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return BoostedTrees(HistGradientBoostingRegressor(**_options(is_category, rng)))


def _one_thread() -> Any:
    """Return a context in which OpenMP, whose threads the trees have, uses one thread."""
    from threadpoolctl import threadpool_limits  # scikit-learn, which is loaded by now, needs it

    return threadpool_limits(limits=1, user_api="openmp")


def _options(is_category: NDArray[np.bool_], rng: np.random.Generator) -> dict[str, Any]:
    return {
        "categorical_features": is_category,
        "max_iter": _TREES,
        "learning_rate": 0.1,
        "max_leaf_nodes": 31,
        "min_samples_leaf": 20,
        "early_stopping": False,
        "random_state": int(rng.integers(2**31)),
    }


def _codes(column: Column) -> tuple[NDArray[np.float64], ...]:
    """Return the codes of a column's sides with NaN for gaps; rare levels beyond `_MOST_LEVELS` share one."""
    counts = np.bincount(np.concatenate(column.sides) + 1, minlength=len(column.levels) + 1)[1:]
    place = np.empty(len(counts) + 1)
    place[np.argsort(-counts, kind="stable")] = np.minimum(np.arange(len(counts)), _MOST_LEVELS)
    place[-1] = np.nan  # the code of a gap is -1
    return tuple(place[side] for side in column.sides)
