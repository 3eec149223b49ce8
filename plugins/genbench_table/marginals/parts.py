"""Scores of single columns, and the mean score of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score, Undefined
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench_table.columns.values import Column

__all__ = ["MOST_PARTS", "mean_of_columns", "mean_score", "parts_of"]

#: Columns in the record of a score: those with the lowest values.
MOST_PARTS = 200

_REAL = 0  # the place of the real table


def mean_of_columns(
    columns: Sequence[Column], score: Callable[[NDArray[Any], NDArray[Any]], float], otherwise: str
) -> Score:
    """Return the `mean_score` of the `parts_of` columns of a real and a fake table.

    With a column that may be an identifier, the extra holds a `warning`. Raises Undefined with the reason
    `otherwise` if no column has a real value.
    """
    found = mean_score(parts_of(columns, score), otherwise)
    return replace(found, extra={**found.extra, **caution_of_identifiers(columns, _REAL)})


def parts_of(
    columns: Iterable[Column], score: Callable[[NDArray[Any], NDArray[Any]], float]
) -> dict[str, float]:
    """Return the score of the real and the fake values, without gaps, of each column of two tables.

    Columns without a real value are left out. A column without a fake value has the score 0.
    """
    found = {}
    for column in columns:
        real, fake = map(present, column.sides)
        if len(real):
            found[column.name] = float(score(real, fake)) if len(fake) else 0.0
    return found


def mean_score(parts: Mapping[str, float], otherwise: str) -> Score:
    """Return the mean over columns, with `columns`, their number, and `parts`, the value of each, as extra.

    `parts` holds at most the MOST_PARTS columns with the lowest values. Raises Undefined with the reason
    `otherwise` if there is no column.
    """
    if not parts:
        raise Undefined(otherwise)
    least = set(sorted(parts, key=lambda name: parts[name])[:MOST_PARTS])
    shown = {name: value for name, value in parts.items() if name in least}
    return Score(float(np.mean(list(parts.values()))), extra={"columns": len(parts), "parts": shown})
