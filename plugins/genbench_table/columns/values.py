"""The values of columns as arrays that metrics compute with.

Numbers, integers and dates become float64, with NaN for a gap. Truth values and categories become codes: the
places of their texts in the levels that all given tables share, with -1 for a gap.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from genbench import Samples, Space

__all__ = [
    "GAP", "Column", "Kind", "columns_of", "is_gap", "kind_of", "kinds_of", "numbers_of", "present",
    "suggest_column", "texts_of",
]  # fmt: skip

#: "number" and "integer" have an order and distances, as "date" has; "boolean" and "category" have neither.
Kind = Literal["number", "integer", "date", "boolean", "category"]


#: The code of a missing category.
GAP = -1

_DAY = np.timedelta64(1, "D")

_NUMERIC = ("number", "integer", "date")


@dataclass(frozen=True, eq=False)
class Column:
    """One column of several tables.

    sides   for each table, (n,) float64 with NaN for gaps (dates in days since 1970), or (n,) int64 codes
            with -1 for gaps
    levels  the texts of the codes: those of an ordered column in its order, then others sorted; () of numbers
    """

    name: str
    kind: Kind
    sides: tuple[NDArray[Any], ...]
    levels: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers, integers or dates."""
        return self.kind in _NUMERIC


def columns_of(*tables: Samples) -> list[Column]:
    """Return the columns of tables of one space, each with its values in all of them."""
    space = tables[0].space
    ordered = dict(space.get("ordered") or ())
    found = []
    for name, kind in kinds_of(space).items():
        cells = [table.data[name] for table in tables]
        if kind in _NUMERIC:
            found.append(Column(name, kind, tuple(map(numbers_of, cells))))
            continue
        found.append(_categories(name, kind, cells, ordered.get(name, ())))
    return found


def suggest_column(name: str, known: Iterable[str]) -> str:
    """Return the column that is spelt most like an unknown one, in any case, for a message; "" if none is."""
    folded = {other.strip().casefold(): other for other in known}
    near = difflib.get_close_matches(name.strip().casefold(), folded, n=1)
    return f" (did you mean {folded[near[0]]!r}?)" if near else ""


def is_gap(cells: NDArray[Any]) -> NDArray[np.bool_]:
    """Return (n,) which cells of a side are gaps: NaN among numbers, negative codes of categories."""
    return np.isnan(cells) if cells.dtype.kind == "f" else cells < 0


def present(cells: NDArray[Any]) -> NDArray[Any]:
    """Return the cells of a side of a column without its gaps."""
    return cells[~is_gap(cells)]


def numbers_of(column: Any) -> NDArray[np.float64]:
    """Return a column of numbers, integers or dates as (n,) float64; dates are days since 1970-01-01 UTC."""
    from pandas.api.types import is_datetime64_any_dtype

    if is_datetime64_any_dtype(column.dtype):
        zone = getattr(column.dtype, "tz", None)
        plain = column if zone is None else column.dt.tz_convert("UTC").dt.tz_localize(None)
        times: NDArray[np.float64] = (plain.to_numpy() - np.datetime64(0, "D")) / _DAY
        return times
    numbers: NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def _categories(name: str, kind: Kind, cells: list[Any], first: tuple[str, ...]) -> Column:
    """Return a column of categories; the levels `first` come before the others."""
    numbered = [_number_cells(column) for column in cells]
    seen = {text for _, texts in numbered for text in texts}
    levels = (*first, *sorted(seen - set(first)))
    place = {level: number for number, level in enumerate(levels)}
    sides = []
    for codes, texts in numbered:
        places = np.array([*(place[text] for text in texts), GAP], dtype=np.int64)
        sides.append(places[codes])  # the code -1 of a gap is the last of them
    return Column(name, kind, tuple(sides), levels)


def _number_cells(column: Any) -> tuple[NDArray[np.intp], list[str]]:
    """Return the code (n,) of each cell, -1 for gaps, and the texts of the codes, which may be equal."""
    import pandas as pd

    if column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) != "string":
        column = pd.Series(texts_of(column), dtype=object)  # 1 and True are equal, and their texts are not
    codes, values = pd.factorize(column, use_na_sentinel=True)
    return codes, [str(value) for value in values]


def texts_of(column: Any) -> list[str | None]:
    """Return a column of categories or truth values as texts, with None for gaps."""
    return [None if is_gap else str(value) for value, is_gap in zip(column, column.isna(), strict=True)]


# Kinds of columns, which follow from the dtypes of a table's space.


def kind_of(dtype: str) -> Kind:
    """Return the kind of a column of a pandas dtype: "category" for texts and all that is not known."""
    from pandas.api import types

    known = types.pandas_dtype(dtype)
    if types.is_bool_dtype(known):
        return "boolean"
    if types.is_integer_dtype(known):
        return "integer"
    if types.is_float_dtype(known):
        return "number"
    return "date" if types.is_datetime64_any_dtype(known) else "category"


def kinds_of(space: Space) -> dict[str, Kind]:
    """Return the kind of each column of a table's space, in their order."""
    return {name: kind_of(dtype) for name, dtype in space.get("columns") or ()}
