"""Prediction tasks: the target of a table, and its other columns as rows that a learner takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from genbench import Undefined
from genbench_table.columns.values import columns_of
from genbench_table.encoding.encoding import Encoding, fit_encoding
from genbench_table.numeric.trees import tree_matrices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column

__all__ = ["Learner", "Side", "Task", "TaskKind", "task_of"]

#: "auto": classes for categories, truth values and integers of few values, otherwise a number.
TaskKind = Literal["auto", "classes", "number"]
Learner = Literal["boosting", "linear"]

_FEW = 10  # different integers of a target that are classes
_LEAST = 2  # rows: a learner of one row knows one answer


@dataclass(frozen=True, eq=False)
class Side:
    """The rows of one table that have a target.

    rows     (n, d) float64, for the learner
    answers  (n,) the numbers of classes, or float64
    kept     (n,) which rows of the table they are
    """

    rows: NDArray[np.float64]
    answers: NDArray[Any]
    kept: NDArray[np.intp]

    def take(self, index: NDArray[np.intp]) -> Side:
        """Return some of the rows."""
        return Side(self.rows[index], self.answers[index], self.kept[index])


@dataclass(frozen=True, eq=False)
class Task:
    """What a learner predicts.

    sides        of each table
    classes      number of classes; None: it predicts a number
    is_category  (d,) which columns of the rows are codes of categories
    """

    sides: tuple[Side, ...]
    classes: int | None
    is_category: NDArray[np.bool_]


def task_of(tables: Sequence[Samples], names: Sequence[str], learner: Learner, kind: TaskKind) -> Task:
    """Return the task of the target of tables of one space, the second of which is the training table.

    Raises Undefined for a table without a target, without other columns, or without rows that have one.
    """
    target = tables[0].space.get("target")
    if target is None:
        raise Undefined(
            'the table has no target; name the column in the dataset, target = "price", or in '
            "genbench score: --reader 'table-file target=price'"
        )
    columns = {column.name: column for column in columns_of(*tables)}
    wanted = columns.pop(target)
    if not columns:
        raise Undefined(
            f"the table has no column beside its target {target!r}; expected at least two columns"
        )
    if learner == "boosting":
        matrices = tree_matrices(list(columns.values()))
        rows, is_category = [matrix.rows for matrix in matrices], matrices[0].is_category
    else:
        encoding = _without(fit_encoding(tables[1]), target)
        rows = [encoding.encode(table) for table in tables]
        is_category = np.zeros(rows[0].shape[1], bool)
    answers, classes = _answers(wanted, kind)
    sides = []
    for row, answer, name in zip(rows, answers, names, strict=True):
        kept = np.flatnonzero(~np.isnan(answer) if classes is None else answer >= 0)
        if len(kept) < _LEAST:
            raise Undefined(f"{name} has {len(kept)} rows with a {target!r}; expected at least {_LEAST}")
        sides.append(Side(row[kept], answer[kept], kept))
    return Task(tuple(sides), classes, is_category)


def _without(encoding: Encoding, target: str) -> Encoding:
    columns = tuple(column for column in encoding.columns if column[0] != target)
    if not columns:
        raise Undefined("no column of train beside its target has a value; expected at least one")
    return replace(encoding, columns=columns)


def _answers(target: Column, kind: TaskKind) -> tuple[tuple[NDArray[Any], ...], int | None]:
    """Return the target of each side, and the number of classes."""
    if not target.is_numeric:
        return target.sides, len(target.levels)
    known = target.sides[1][~np.isnan(target.sides[1])]
    is_few = target.kind == "integer" and len(np.unique(known)) <= _FEW
    if kind == "number" or (kind == "auto" and not is_few):
        return target.sides, None
    values = np.unique(np.concatenate(target.sides))
    values = values[~np.isnan(values)]
    return tuple(_places(side, values) for side in target.sides), len(values)


def _places(side: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(side), -1, np.searchsorted(values, side)).astype(np.int64)
