"""Columns that differ in every row, such as identifiers, and the caution of a score that they spoil."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.columns.values import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["caution_of_identifiers", "identifiers"]

_LEAST = 20  # values; fewer are often different by chance
_REPEATS = 3.0  # pairs of equal values expected by chance; none has the probability exp(-3) = 0.05
_WIDTH = 5  # digits from which integers of one width look like numbers of customers or accounts
_SECONDS = 86_400  # of a day, in which dates count
_MOST = 5  # names in a message
_EXACT = 2.0**53  # beyond it, all numbers of float64 are whole


def caution_of_identifiers(columns: Sequence[Column], side: int) -> dict[str, str]:
    """Return the `warning` for the extra of a score if a table has columns of `identifiers`, else {}.

    columns  of several tables
    side     the place of the table of real rows
    """
    found = identifiers(columns, side)
    if not found:
        return {}
    names = ", ".join(map(repr, found[:_MOST])) + (f" and {len(found) - _MOST} more" * (len(found) > _MOST))
    differ = f"columns {names} differ" if len(found) > 1 else f"column {names} differs"
    are = "they are identifiers" if len(found) > 1 else "it is an identifier"
    ignored = json.dumps(found[:_MOST], ensure_ascii=False)
    return {
        "warning": f"{differ} in every real row: if {are}, set ignore = {ignored} of table-file; with new "
        "identifiers, copies match no row, and classifiers tell fakes from real rows"
    }


def identifiers(columns: Sequence[Column], side: int) -> list[str]:
    """Return the columns of a table whose values are all different, and are not by chance.

    At least 20 values, in at least half of the rows, are different. Categories need no more. Whole numbers,
    and dates, in whole days or seconds, do if as many values that are drawn at random from their range would
    repeat, or if they are integers with one number of digits, 5 at least. Other numbers are measurements.
    """
    return [column.name for column in columns if _identifies(column, column.sides[side])]


def _identifies(column: Column, cells: NDArray[Any]) -> bool:
    values = cells[~np.isnan(cells)] if column.is_numeric else cells[cells != GAP]
    if len(values) < max(_LEAST, len(cells) / 2) or len(np.unique(values)) < len(values):
        return False
    if not column.is_numeric:
        return True
    steps = _steps(values) if column.kind == "date" else values
    if (steps != np.round(steps)).any() or (column.kind == "number" and np.abs(steps).max() > _EXACT):
        return False
    pairs = len(steps) * (len(steps) - 1) / 2
    return bool(pairs >= _REPEATS * (np.ptp(steps) + 1)) or (column.kind != "date" and _has_one_width(steps))


def _steps(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return dates in days if they are whole, else in seconds."""
    if (days == np.round(days)).all():
        return days
    seconds: NDArray[np.float64] = np.round(days * _SECONDS, 3)
    return seconds


def _has_one_width(numbers: NDArray[np.float64]) -> bool:
    least, most = (int(number) for number in (numbers.min(), numbers.max()))
    return least > 0 and len(str(least)) == len(str(most)) >= _WIDTH
