"""Columns of tables: those of one frame as those of another, if no value is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["with_columns"]


def with_columns(frame: Any, columns: Sequence[tuple[str, str]]) -> Any:
    """Return a frame with the names, the order and the dtypes of `columns`.

    Numbers become numbers of another dtype, 0 and 1 truth values, texts dates, and integers texts. A column
    without any value becomes one of any dtype. Raises Invalid for a column that is missing or unknown, and
    for a value that the dtype cannot hold.
    """
    import pandas as pd

    names = [name for name, _ in columns]
    found = list(map(str, frame.columns))
    missing = next((name for name in names if name not in found), None)
    if missing is not None:
        raise Invalid(f"the column {missing!r} is missing; expected {', '.join(names)}")
    extra = next((name for name in found if name not in names), None)
    if extra is not None:
        raise Invalid(f"there is no column {extra!r}; expected {', '.join(names)}; leave it out")
    if len(found) > len(names):
        raise Invalid(f"two columns have one name; expected {', '.join(names)}")
    frame = frame.set_axis(found, axis=1)
    return pd.DataFrame({name: _converted(frame[name], name, dtype) for name, dtype in columns})


def _converted(column: Any, name: str, dtype: str) -> Any:
    import pandas as pd

    if str(column.dtype) == dtype:
        return column
    if column.isna().all():
        column = pd.Series([None] * len(column), dtype=object, index=column.index)
    try:
        return _cast(column, pd.api.types.pandas_dtype(dtype))
    except (ValueError, TypeError, OverflowError) as error:
        value = next((value for value in column.dropna() if not _fits(value, dtype)), None)
        held = f"is {column.dtype}" if value is None else f"holds {value!r}"
        raise Invalid(f"the column {name!r} {held}; expected {dtype}") from error


def _cast(column: Any, dtype: Any) -> Any:
    """Return a column as another dtype; raise ValueError or TypeError if a value is lost."""
    from pandas.api import types

    if types.is_bool_dtype(dtype):
        return _truths(column).astype(dtype)
    if types.is_datetime64_any_dtype(dtype):
        return _dates(column).astype(dtype)
    if types.is_numeric_dtype(dtype):
        return _numbers(column, are_whole=types.is_integer_dtype(dtype)).astype(dtype)
    return _texts(column).astype(dtype)


def _truths(column: Any) -> Any:
    from pandas.api.types import is_bool_dtype

    if is_bool_dtype(column.dtype):
        return column
    if not all(value in (0, 1) for value in column.dropna()):
        raise ValueError("no truth value")
    return column.map(bool, na_action="ignore").astype(object)


def _dates(column: Any) -> Any:
    import pandas as pd

    if not all(isinstance(value, str) or hasattr(value, "isoformat") for value in column.dropna()):
        raise TypeError("no date")
    return pd.to_datetime(column, format="ISO8601")


def _numbers(column: Any, *, are_whole: bool) -> Any:
    import pandas as pd
    from pandas.api import types

    if types.is_bool_dtype(column.dtype) or types.is_datetime64_any_dtype(column.dtype):
        raise TypeError("no number")
    numbers = pd.to_numeric(column)
    if are_whole and not _are_whole(numbers):
        raise ValueError("no whole number")
    return numbers


def _texts(column: Any) -> Any:
    from pandas.api import types

    if types.is_integer_dtype(column.dtype):
        return column.astype(object).map(str, na_action="ignore")
    if not (types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype)):
        raise TypeError("no text")
    return column.astype(object).where(column.notna(), None)


def _are_whole(numbers: Any) -> bool:
    known = numbers.dropna().to_numpy(dtype=np.float64)
    return bool(np.isfinite(known).all() and (known == np.floor(known)).all())


def _fits(value: Any, dtype: str) -> bool:
    import pandas as pd

    try:
        _cast(pd.Series([value]), pd.api.types.pandas_dtype(dtype))
    except (ValueError, TypeError, OverflowError):
        return False
    return True
