"""Kinds of columns, which follow from the dtypes of a table's space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from genbench import Space

__all__ = ["Kind", "kind_of", "kinds_of"]

#: "number" and "integer" have an order and distances, as "date" has; "boolean" and "category" have neither.
Kind = Literal["number", "integer", "date", "boolean", "category"]


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
