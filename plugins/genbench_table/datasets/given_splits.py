"""Splits that files give: a table for train, one for test and optionally one for held_out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genbench import SPLITS, Data, DataError, concat, split
from genbench_table.datasets.rows import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench import Samples

__all__ = ["Table", "given_splits"]


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file.

    groups  the group of each row, where the table has groups
    """

    file: str
    samples: Samples
    groups: Sequence[str] | None


def given_splits(tables: Mapping[str, Table], group: str | None) -> Data:
    """Return data whose official splits are tables of one space: `train`, `test` and optionally `held_out`.

    group  the column of the groups of the tables, None without them

    Without `held_out`, half of `test` is held out, by content and without cutting groups, as the host splits.
    Raises DataError for a group that has rows in two tables, and if `test` cannot be halved.
    """
    if group is not None:
        _check_groups(tables, group)
    parts = {name: table.samples for name, table in tables.items()}
    if "held_out" not in parts:
        test = tables["test"]
        parts |= split(Data(test.samples, groups=test.groups), {"test": 1, "held_out": 1})
        if not all(map(len, parts.values())):
            raise DataError(
                f"{test.file} has too few different rows{' or groups' * (group is not None)} to hold out "
                "half of them; give the option held_out a file"
            )
    names = [name for name in SPLITS if name in parts]
    ends = np.cumsum([len(parts[name]) for name in names])
    splits = {name: np.arange(end - len(parts[name]), end) for name, end in zip(names, ends, strict=True)}
    return Data(concat([parts[name] for name in names]), splits=splits)


def _check_groups(tables: Mapping[str, Table], group: str) -> None:
    """Raise DataError for a group that has rows in two tables."""
    first: dict[str, str] = {}
    for name, table in tables.items():
        for value in dict.fromkeys(table.groups or ()):
            if value in first:
                raise DataError(
                    f"rows of {group} {shown(value)} are in two files, {tables[first[value]].file} of "
                    f"{first[value]} and {table.file} of {name}; expected all rows of a group in one file, "
                    "since no split cuts a group: move them, or leave the group out"
                )
            first[value] = name
