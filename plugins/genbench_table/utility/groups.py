"""Groups of rows by a column of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined
from genbench_table.columns.values import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["MISSING", "groups_of"]

#: The group of rows without a value.
MISSING = "(missing)"

_MOST = 50  # groups: numbers with more values make none


def groups_of(
    tables: Sequence[Samples], group: str | None
) -> tuple[tuple[str, ...], tuple[NDArray[np.int64], ...]]:
    """Return the names of the groups, and for each table the number (n,) of the group of each row.

    A group is a value of the column `group`; gaps are one more. Raises Undefined where `group` is no column,
    or one of numbers or dates with more than 50 values.
    """
    columns = {column.name: column for column in columns_of(*tables)}
    fitting = ", ".join(name for name, column in columns.items() if not column.is_numeric)
    known = f"columns of categories: {fitting or 'none'}"
    if group is None:
        raise Undefined(f'it needs the option group, a column: group = "sex"; {known}')
    if group not in columns:
        raise Undefined(f"the group {group!r} is no column; {known}")
    column = columns[group]
    if not column.is_numeric:
        gap = len(column.levels)
        sides = tuple(np.where(side < 0, gap, side) for side in column.sides)
        return _named((*column.levels, MISSING), sides)
    values, places = np.unique(np.concatenate(column.sides), return_inverse=True)
    if len(values) > _MOST:
        raise Undefined(f"the group {group!r} has {len(values)} numbers, more than {_MOST}; {known}")
    names = tuple(MISSING if np.isnan(value) else f"{value:g}" for value in values)
    cuts = np.cumsum([len(side) for side in column.sides])[:-1]
    return _named(names, tuple(np.split(places, cuts)))


def _named(
    names: tuple[str, ...], sides: tuple[NDArray[np.int64], ...]
) -> tuple[tuple[str, ...], tuple[NDArray[np.int64], ...]]:
    """Return the groups that have rows on some side."""
    used, places = np.unique(np.concatenate(sides), return_inverse=True)
    cuts = np.cumsum([len(side) for side in sides])[:-1]
    return tuple(names[number] for number in used), tuple(np.split(places, cuts))
