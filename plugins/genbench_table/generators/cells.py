"""Drawn values as the columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["numbers_as", "table_of"]

_DAY = 86_400_000_000_000  # nanoseconds


def table_of(columns: Mapping[str, Any], space: Space) -> Samples:
    """Return pandas columns of equal length as rows of a space."""
    import pandas as pd

    plain = {name: column.reset_index(drop=True) for name, column in columns.items()}
    return Samples(pd.DataFrame(plain, columns=list(plain)), space)


def numbers_as(values: NDArray[np.float64], known: Any) -> Any:
    """Return numbers (n,), days since 1970 for dates, as a column of the dtype of `known`; NaN is a gap.

    Integers are rounded, and dates are rounded to whole days if all known ones are.
    """
    import pandas as pd
    from pandas.api.types import is_datetime64_any_dtype, is_integer_dtype

    missing = np.isnan(values)
    filled = np.where(missing, 0.0, values)
    if is_datetime64_any_dtype(known.dtype):
        present = known.dropna()
        is_whole = bool((present == present.dt.normalize()).all())
        times = (filled.round() if is_whole else filled) * _DAY
        zone = getattr(known.dtype, "tz", None)
        column = pd.Series(times.astype("int64").view("datetime64[ns]")).mask(missing)
        column = column if zone is None else column.dt.tz_localize("UTC").dt.tz_convert(zone)
        return column.astype(known.dtype)
    if is_integer_dtype(known.dtype):
        whole = pd.Series(filled.round().astype(np.int64))
        return (whole.astype("Int64").mask(missing) if missing.any() else whole).astype(known.dtype)
    return pd.Series(values).astype(known.dtype)
