"""Columns of identifiers and keys, and the caution of a score that they spoil."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.columns.values import columns_of, present

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column

__all__ = ["caution_of_identifiers", "caution_of_table", "identifiers", "join", "new_keys"]

_LEAST = 20  # values; fewer are often different by chance

_REPEATS = 3.0  # pairs of equal values expected by chance; none has the probability exp(-3) = 0.05

_WIDTH = 5  # digits from which integers of one width look like numbers of customers or accounts

_SECONDS = 86_400  # of a day, in which dates count

_MOST = 5  # names in a message

_SHARED = 0.05  # of the fakes; with fewer known values, copies would match no row

_LEAST_PAIRS = 10  # of equal numbers; a smooth law gives about twice as many that differ by 1

_FREQUENT = 0.3  # of numbers with one last digit, such as rounded amounts

_EXACT = 2.0**53  # beyond it, all numbers of float64 are whole


def caution_of_identifiers(columns: Sequence[Column], side: int, fakes: int | None = None) -> dict[str, str]:
    """Return the `warning` for the extra of a score if a table has columns of `identifiers`, else {}.

    columns  of several tables
    side     the place of the table of real rows
    fakes    the place of the table of fakes, if the score compares rows; columns of `new_keys` are named then
    """
    found = identifiers(columns, side)
    new = [] if fakes is None else [name for name in new_keys(columns, side, fakes) if name not in found]
    return join(_of_identifiers(found) if found else {}, _of_new_keys(new) if new else {})


def caution_of_table(table: Samples) -> str:
    """Return the `warning` of a table of real rows that has columns of `identifiers`, else ""."""
    return caution_of_identifiers(columns_of(table), 0).get("warning", "")


def _of_identifiers(found: list[str]) -> dict[str, str]:
    differ = "differ" if len(found) > 1 else "differs"
    are = "they are identifiers" if len(found) > 1 else "it is an identifier"
    return {
        "warning": f"{_quote(found)} {differ} in every real row: if {are}, set {_ignore(found)} of "
        "table-file; with new identifiers, copies match no row, classifiers tell fakes from real rows, and "
        "scores of columns and pairs fall"
    }


def _of_new_keys(found: list[str]) -> dict[str, str]:
    have = "have" if len(found) > 1 else "has"
    are = "they are keys" if len(found) > 1 else "it is a key"
    return {
        "warning": f"{_quote(found)} {have} other values in the fakes than in train: if {are}, such as the "
        f"code of a patient, set {_ignore(found)} of table-file; with new keys, copies match no row"
    }


def _quote(found: list[str]) -> str:
    names = ", ".join(map(repr, found[:_MOST])) + (f" and {len(found) - _MOST} more" * (len(found) > _MOST))
    return f"columns {names}" if len(found) > 1 else f"column {names}"


def _ignore(found: list[str]) -> str:
    return f"ignore = {json.dumps(found[:_MOST], ensure_ascii=False)}"


def identifiers(columns: Sequence[Column], side: int) -> list[str]:
    """Return the columns of a table whose values are all different, and are not by chance.

    At least 20 values, in at least half of the rows, are different. Categories need no more. Whole numbers,
    and dates, in whole days or seconds, do if as many values that are drawn at random from their range would
    repeat, or if they are integers with one number of digits, 5 at least. Other numbers are measurements.
    """
    return [column.name for column in columns if _identifies(column, column.sides[side])]


def new_keys(columns: Sequence[Column], side: int, fakes: int) -> list[str]:
    """Return the columns that are likely to be keys, and of whose values the fakes share nearly none.

    At least 20 values of the table are different, and less than 5 % of at least 20 fakes have one of them.
    Categories need no more. Whole numbers do if half of those between the least and the greatest occur, as in
    a numbering, or if they have one number of digits, 5 at least, and repeat where amounts would not: more
    pairs are equal than differ by 1, and no last digit is frequent. Dates and other numbers are measurements.
    """
    return [column.name for column in columns if _is_new_key(column, side, fakes)]


def _is_new_key(column: Column, side: int, fakes: int) -> bool:
    known, made = (present(column.sides[each]) for each in (side, fakes))
    different, counts = np.unique(known, return_counts=True)
    if min(len(different), len(made)) < _LEAST or np.isin(made, different).mean() >= _SHARED:
        return False
    return not column.is_numeric or (column.kind != "date" and _are_keys(different, counts))


def _are_keys(numbers: NDArray[np.float64], counts: NDArray[np.intp]) -> bool:
    """Return whether different numbers, sorted, that occur so often are like keys, not like amounts."""
    if (numbers != np.round(numbers)).any() or np.abs(numbers).max() > _EXACT:
        return False
    if len(numbers) >= (np.ptp(numbers) + 1) / 2:
        return True
    equal = (counts * (counts - 1) / 2).sum()
    adjacent = (counts[1:] * counts[:-1])[np.diff(numbers) == 1].sum()
    last = np.bincount((np.abs(numbers) % 10).astype(np.intp)) / len(numbers)
    return bool(
        _has_one_width(numbers) and equal >= max(_LEAST_PAIRS, 2 * adjacent) and last.max() < _FREQUENT
    )


def _identifies(column: Column, cells: NDArray[Any]) -> bool:
    values = present(cells)
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


# Warnings for the extra of a score.


def join(*cautions: Mapping[str, str]) -> dict[str, str]:
    """Return the `warning` that has the texts of several, those of {} left out; {} without any."""
    texts = [caution["warning"] for caution in cautions if caution]
    return {"warning": "; ".join(texts)} if texts else {}
