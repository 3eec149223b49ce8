"""Damage to tables: noise in numbers, shuffled columns, and categories that are missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["categories_dropped", "columns_shuffled", "numbers_noisy"]

_FEW = 2  # columns that can depend on each other, and categories of which one can be missing


def numbers_noisy(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return a table with Gaussian noise in its numbers, of standard deviation `level` times their range.

    The range is that of the column, and values stay within it. Integers are rounded; missing and infinite
    values do not change. Raises Undefined without a column of numbers.
    """
    frame = real.data
    names = [name for name in frame.columns if _is_number(frame[name])]
    if not names:
        raise Undefined("the table has no column of numbers; expected at least one")
    return _with(real, {name: _noisy(frame[name], level, rng) for name in names})


def columns_shuffled(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return a table of which the share `level` of the columns, at least one, is shuffled, each by itself.

    Each column keeps its values; a shuffled one does not depend on the others any more. Raises Undefined for
    a table with one column.
    """
    frame = real.data
    if len(frame.columns) < _FEW:
        raise Undefined("the table has one column, which depends on no other; expected at least two")
    count = max(1, round(level * len(frame.columns)))
    chosen = frame.columns[np.sort(rng.choice(len(frame.columns), size=count, replace=False))]
    return _with(real, {name: _take_rows(frame[name], rng.permutation(len(frame))) for name in chosen})


def categories_dropped(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return a table without the share `level` of the categories of each column, the rarest ones.

    Categories are the values of columns that hold neither numbers nor dates. Of each column at least one is
    dropped and one kept. A cell of a dropped category gets the value of another cell, drawn at random, so
    that the others keep their proportions. Missing cells stay missing. Raises Undefined if no column has two
    categories.
    """
    frame = real.data
    columns = {name: frame[name] for name in frame.columns if _has_categories(frame[name])}
    if not columns:
        raise Undefined("no column has two categories; numbers and dates are none")
    return _with(real, {name: _without_rare(column, level, rng) for name, column in columns.items()})


def _is_number(column: Any) -> bool:
    from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype

    dtype = column.dtype
    return (is_integer_dtype(dtype) or is_float_dtype(dtype)) and not is_bool_dtype(dtype)


def _has_categories(column: Any) -> bool:
    from pandas.api.types import is_datetime64_any_dtype

    is_date = is_datetime64_any_dtype(column.dtype)
    return not _is_number(column) and not is_date and column.nunique() >= _FEW


def _noisy(column: Any, level: float, rng: np.random.Generator) -> Any:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    noise = rng.standard_normal(len(numbers))
    finite = np.isfinite(numbers)
    if not finite.any():
        return column
    known = numbers[finite]
    moved = (known + level * np.ptp(known) * noise[finite]).clip(known.min(), known.max())
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    damaged = column.copy()
    damaged[finite] = (moved.round() if dtype.kind in "iu" else moved).astype(dtype)
    return damaged


def _without_rare(column: Any, level: float, rng: np.random.Generator) -> Any:
    counts = ((count, str(value), value) for value, count in column.value_counts().items() if count)
    rarest = [value for *_, value in sorted(counts, key=lambda each: each[:2])]
    gone = rarest[: min(max(1, round(level * len(rarest))), len(rarest) - 1)]
    is_gone = column.isin(gone).to_numpy()
    source = np.arange(len(column))
    source[is_gone] = rng.choice(np.flatnonzero(~is_gone & column.notna().to_numpy()), size=is_gone.sum())
    return _take_rows(column, source)


def _take_rows(column: Any, order: NDArray[np.intp]) -> Any:
    return column.take(order).set_axis(column.index)


def _with(real: Samples, columns: Mapping[str, Any]) -> Samples:
    """Return samples with other values in some columns."""
    return replace(real, data=real.data.assign(**columns))
