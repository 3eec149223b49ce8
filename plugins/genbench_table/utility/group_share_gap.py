"""Representation: the shares of groups among fakes and among real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Score, Undefined
from genbench_table.columns.values import columns_of, is_gap, suggest_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["MISSING", "group_share_gap", "groups_of"]

#: The group of rows without a value.
MISSING = "(missing)"

_MOST = 50  # groups: numbers with more values make none


def group_share_gap(real: Samples, fake: Samples, *, group: str | None = None) -> Score:
    """Return the largest difference between shares of a group, in [0, 1]; lower is better.

        max over groups g of |share of g in fake - share of g in real|

    real, fake  rows of one space
    group       the column whose values are the groups; gaps are a group, too

    Two samples of one law differ by about sqrt(share (1 - share) 2 / n): compare with the control `held-out`.
    The extra holds `groups`: for each group, its share `real` and `fake`. It judges by the real rows, which
    may represent groups badly themselves.

    Raises Undefined without `group`, and where that is no column or has more than 50 numbers.
    """
    names, sides = groups_of((real, fake), group)
    shares = [np.bincount(side, minlength=len(names)) / len(side) for side in sides]
    groups = {
        name: {"real": float(one), "fake": float(other)}
        for name, one, other in zip(names, *shares, strict=True)
    }
    return Score(float(np.abs(shares[0] - shares[1]).max()), extra={"groups": groups})


# Groups of rows by a column of categories.


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
        raise Undefined(f"the group {group!r} is no column{suggest_column(group, columns)}; {known}")
    column = columns[group]
    cells = np.concatenate(column.sides)
    values, places = np.unique(np.where(is_gap(cells), np.nan, cells), return_inverse=True)
    if column.is_numeric and len(values) > _MOST:
        raise Undefined(f"the group {group!r} has {len(values)} numbers, more than {_MOST}; {known}")
    texts = (
        f"{value:g}" if column.is_numeric else column.levels[int(value)]
        for value in values[~np.isnan(values)]
    )
    names = (*texts, MISSING) if is_gap(cells).any() else tuple(texts)
    cuts = np.cumsum([len(side) for side in column.sides])[:-1]
    return names, tuple(np.split(places, cuts))
