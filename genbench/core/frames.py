"""Pandas frames: their columns, cells and plain values."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from genbench.core.errors import Invalid

__all__ = ["check_column", "check_columns", "make_frame", "plain_row", "read_columns", "unify_column"]

_SIZED_KINDS = "SUV"  # numpy type codes with a length in their names, which could exhaust memory
#: What pandas calls columns of objects or categories whose cells are of one type, but for missing ones.
_WITHOUT_FLOATS = frozenset({"string", "integer", "boolean", "date", "datetime", "datetime64", "empty"})
#: Those of them whose cells all have a JSON form, so that they need not be checked one by one.
_PLAIN = frozenset({"string", "integer", "boolean", "empty"})
_EXPECTED_CELL = "a text, a number, a truth value, a date or a missing value"


def plain_row(row: tuple[Any, ...]) -> list[Any]:
    """Return a table's row as JSON-like values; a missing cell is None."""
    return [_plain_cell(value) for value in row]


def unify_column(column: Any) -> Any:
    """Return a pandas column with float32 for float64 and 0.0 for -0.0, also among cells of several types.

    Numbers that float32 cannot hold become its greatest ones, since no cell may be infinite.
    """
    import pandas as pd

    most = float(np.finfo(np.float32).max)
    if column.dtype.kind == "f":
        if column.dtype.itemsize == np.float64().itemsize:
            column = column.clip(-most, most).astype(str(column.dtype).replace("64", "32"))
        return column + 0.0
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    if values.dtype.kind not in "Of" or pd.api.types.infer_dtype(values, skipna=True) in _WITHOUT_FLOATS:
        return column  # no cell is a float
    is_float = [isinstance(cell, float | np.floating) for cell in column]
    cells = [
        float(np.float32(min(max(cell, -most), most))) + 0.0 if known else cell
        for cell, known in zip(column, is_float, strict=True)
    ]
    return pd.Series(cells, index=column.index, dtype=object)  # without a dtype, None would become NaN


def make_frame(rows: list[Any], columns: Any) -> Any:
    """Return JSON-like rows as a pandas frame with these (name, dtype) columns.

    Raises Invalid if the rows do not fit the columns.
    """
    import pandas as pd

    try:
        types = {name: pd.api.types.pandas_dtype(dtype) for name, dtype in columns}
        # The length in the name of such a type could exhaust the memory.
        if any(getattr(dtype, "kind", "") in _SIZED_KINDS for dtype in types.values()):
            raise ValueError("it names a type of bytes or characters of a fixed length")
        return pd.DataFrame(rows, columns=list(types), dtype=object).astype(types)
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid(f"the rows hold no such table: {error}") from error


def read_columns(frame: Any) -> tuple[tuple[str, str], ...]:
    """Return the name and the pandas dtype of each column; raise Invalid if there is none."""
    if not len(frame.columns):
        raise Invalid("the frame has no columns; expected at least one")
    return tuple((str(name), str(dtype)) for name, dtype in frame.dtypes.items())


def check_columns(got: tuple[tuple[str, str], ...], expected: tuple[tuple[str, str], ...]) -> None:
    """Raise Invalid unless the columns are the expected ones, in the same order.

    got, expected  (name, pandas dtype) of each column

    The message names the first column that is repeated, missing, of another dtype, or unknown. If there is
    none, it tells both orders.
    """
    names = [name for name, _ in got]
    counts = Counter(names)
    repeated = next((name for name in names if counts[name] > 1), None)
    if repeated is not None:
        raise Invalid(f"two columns are named {repeated!r}; expected one of each name")
    if got == expected:
        return
    expected_names, dtypes = [name for name, _ in expected], dict(got)
    for name, dtype in expected:
        if name not in dtypes:
            raise Invalid(f"the column {name!r} is missing; expected {', '.join(expected_names)}")
        if dtypes[name] != dtype:
            raise Invalid(f"the column {name!r} is {dtypes[name]}; expected {dtype}")
    extra = next((name for name in names if name not in expected_names), None)
    if extra is not None:
        raise Invalid(f"there is no column {extra!r}; expected {', '.join(expected_names)}")
    raise Invalid(f"the columns are in the order {', '.join(names)}; expected {', '.join(expected_names)}")


def check_column(name: str, dtype: Any, column: Any) -> None:
    """Raise Invalid if a cell of a column has no JSON form, as a complex number has not.

    dtype  the pandas dtype of the column; only the cells of an object column are checked one by one
    """
    import pandas as pd

    if dtype.kind == "c":
        raise Invalid(
            f"column {name!r} is {dtype}; expected real numbers; make two columns of it, one of "
            f"numpy.real(x) and one of numpy.imag(x)"
        )
    if dtype.kind == "O" and pd.api.types.infer_dtype(column, skipna=True) not in _PLAIN:
        _check_cells(name, column)


def _check_cells(name: str, column: Any) -> None:
    """Raise Invalid for the first cell that has no JSON form."""
    import pandas as pd

    for number, value in enumerate(column):
        is_missing, is_date = value is None or value is pd.NA, hasattr(value, "isoformat")
        is_number = isinstance(value, int | float | np.generic) and not isinstance(value, np.complexfloating)
        if not (is_missing or is_date or is_number or isinstance(value, str)):
            raise Invalid(f"column {name!r} holds a {type(value).__name__} in row {number}; expected "
                          f"{_EXPECTED_CELL}; convert it, for example with .astype(str)")  # fmt: skip


def _plain_cell(value: Any) -> Any:
    """Return a cell as a JSON-like value: a date as its ISO text, None for a missing value."""
    import pandas as pd

    if pd.isna(value):
        return None
    value = value.item() if isinstance(value, np.generic) else value
    return value.isoformat() if hasattr(value, "isoformat") else value
