"""Columns of tables: those of one frame as those of another, if no value is lost."""

from __future__ import annotations

import difflib
import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["with_columns"]

_BLOCK = 1000  # values that are tried together where one is looked for
_SHOWN = 60  # characters of a value or a name in a message
_MOST_NAMES = 12  # in a message
_WHOLE = 2**53  # from here on, float64 does not hold every integer


def with_columns(frame: Any, columns: Sequence[tuple[str, str]]) -> Any:
    """Return a frame with the names, the order and the dtypes of `columns`.

    Numbers become numbers of another dtype, 0 and 1 truth values, texts dates, and integers texts. A column
    without any value becomes one of any dtype. Raises Invalid for a column that is missing or unknown, and
    for a value that the dtype cannot hold.
    """
    import pandas as pd

    names = [name for name, _ in columns]
    found = list(map(str, frame.columns))
    missing = [name for name in names if name not in found]
    extra = [name for name in found if name not in names]
    if missing:
        advice = _delimiter(found, names) or _spelling(missing[0], extra) if extra else _without(missing)
        raise Invalid(
            f"the column {_show(missing[0])} is missing; expected {_list_names(names)}, got "
            f"{_list_names(map(repr, found))}{advice}"
        )
    if extra:
        raise Invalid(
            f"there is no column {_show(extra[0])} in the real table; expected {_list_names(names)}; "
            f"leave it out{_without(extra)}"
        )
    if len(found) > len(names):
        raise Invalid(f"two columns have one name; expected {_list_names(names)}")
    frame = frame.set_axis(found, axis=1)
    return pd.DataFrame({name: _convert(frame[name], name, dtype) for name, dtype in columns})


def _spelling(name: str, others: Sequence[str]) -> str:
    """Return the end of a message if another name is spelt nearly alike, in any case, else ""."""

    def plain(text: str) -> str:
        return re.sub("[\\s'\"]", "", text).casefold()

    folded = {plain(other): other for other in others}
    near = difflib.get_close_matches(plain(name), folded, n=1)
    return f"; did you mean {_show(folded[near[0]])}? rename it to {_show(name)}" if near else ""


def _delimiter(found: Sequence[str], names: Sequence[str]) -> str:
    """Return the end of a message if the only column of one table holds the names of the other, else ""."""
    for one, several in ((found, names), (names, found)):
        if len(one) == 1 < len(several) and all(name in one[0] for name in several):
            return (
                "; if one file has another delimiter, save both with one, or set it for this one: genbench "
                "score --reader 'table-file fake.delimiter=;'"
            )
    return ""


def _without(names: Sequence[str]) -> str:
    """Return the end of a message: how files are compared without some columns, "" for many."""
    if len(names) > _MOST_NAMES or any(len(name) > _SHOWN for name in names):
        return ""
    ignored = json.dumps(names, ensure_ascii=False)
    reader = shlex.quote(f"table-file ignore={ignored}")
    return (
        f"; to compare files without {_list_names(names)}: genbench score --reader {reader}, or in a suite "
        f"ignore = {ignored} of the dataset"
    )


def _convert(column: Any, name: str, dtype: str) -> Any:
    import pandas as pd

    if str(column.dtype) == dtype:
        return column
    if column.isna().all():
        column = pd.Series([None] * len(column), dtype=object, index=column.index)
    try:
        return _cast(column, pd.api.types.pandas_dtype(dtype))
    except (ValueError, TypeError, OverflowError) as error:
        row = _first_misfit(column, dtype)
        held = f"is {column.dtype}" if row is None else f"holds {_show(column.iloc[row])} in row {row + 1}"
        raise Invalid(
            f"the column {_show(name)} {held}; expected {_what(dtype)}, as in the real table; correct it, "
            f"or give both tables one kind of column"
        ) from error


def _what(dtype: str) -> str:
    """Return what a column of a dtype holds, in words."""
    import pandas as pd
    from pandas.api import types

    known = pd.api.types.pandas_dtype(dtype)
    tests = (
        (types.is_bool_dtype, "true or false"), (types.is_integer_dtype, "integers"),
        (types.is_numeric_dtype, "numbers"), (types.is_datetime64_any_dtype, "dates in ISO 8601"),
    )  # fmt: skip
    return next((words for is_kind, words in tests if is_kind(known)), "texts or no values at all")


def _show(value: Any) -> str:
    """Return a value or a name for a message, in one short line."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _list_names(names: Iterable[str]) -> str:
    """Return names for a message, the first ones if they are many."""
    every = list(names)
    shown = ", ".join(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…" for name in every[:_MOST_NAMES])
    return shown if len(every) <= _MOST_NAMES else f"{shown} and {len(every) - _MOST_NAMES:,} more"


def _cast(column: Any, dtype: Any) -> Any:
    """Return a column as another dtype; raise ValueError or TypeError if a value is lost."""
    from pandas.api import types

    if types.is_bool_dtype(dtype):
        return _truths(column).astype(dtype)
    if types.is_datetime64_any_dtype(dtype):
        return _dates(column).astype(dtype)
    if types.is_numeric_dtype(dtype):
        numbers = _numbers(column, are_whole=types.is_integer_dtype(dtype))
        if not types.is_integer_dtype(dtype) and types.is_integer_dtype(numbers.dtype):
            _check_digits(numbers)
        return numbers.astype(dtype)
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


def _check_digits(integers: Any) -> None:
    """Raise ValueError for an integer that float64 does not hold."""
    known = [int(value) for value in integers.dropna() if abs(int(value)) > _WHOLE]
    if any(int(float(value)) != value for value in known):
        raise ValueError("digits would be lost")


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


def _first_misfit(column: Any, dtype: str) -> int | None:
    """Return the position of the first value that a dtype cannot hold, None if each one alone fits."""
    for start in range(0, len(column), _BLOCK):
        block = column.iloc[start : start + _BLOCK]
        if not _fits(block, dtype):
            places = range(len(block))
            alone = (place for place in places if not _fits(block.iloc[[place]].infer_objects(), dtype))
            found = next(alone, None)
            if found is not None:
                return start + found
    return None


def _fits(column: Any, dtype: str) -> bool:
    import pandas as pd

    try:
        _cast(column, pd.api.types.pandas_dtype(dtype))
    except (ValueError, TypeError, OverflowError):
        return False
    return True
