"""Damage to columns: rounded numbers, merged or misspelled categories, shifted dates and imputed gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_table.columns.values import kinds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench import Samples

__all__ = ["categories_merged", "categories_misspelled", "dates_shifted", "gaps_imputed", "numbers_rounded"]

_FEW = 2  # categories of which one can become another


def numbers_rounded(real: Samples, level: float) -> Samples:
    """Return a table whose numbers are rounded to multiples of `level` times the range of their column.

    Multiples count from the least value of the column. Integers stay integers; missing and infinite values do
    not change. Raises Undefined without a column of numbers.
    """
    columns = _of_kind(real, "number", "integer")
    if not columns:
        raise Undefined("the table has no column of numbers; expected at least one")
    return _with(real, {name: _round_numbers(column, level) for name, column in columns.items()})


def categories_merged(real: Samples, level: float) -> Samples:
    """Return a table in which the share `level` of the categories of each column become another one.

    They are the rarest: of k categories, round(level k) become the next rarest. At least one does, and at
    least one remains. Equally frequent ones are ordered by their text. Missing cells stay missing. Raises
    Undefined if no column has two categories.
    """
    columns = {
        name: column
        for name, column in _of_kind(real, "category", "boolean").items()
        if column.nunique() >= _FEW
    }
    if not columns:
        raise Undefined("no column has two categories; numbers and dates are none")
    return _with(real, {name: _merge_rare(column, level) for name, column in columns.items()})


def categories_misspelled(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return a table in which the share `level` of the texts, drawn at random, is misspelled.

    A misspelled text repeats its last letter until it is no other text of the column. Missing cells do not
    change, nor do columns whose dtype or ordered levels name the categories in advance. Raises Undefined
    without a column of free texts.
    """
    from pandas.api.types import is_object_dtype, is_string_dtype

    ordered = dict(real.space.get("ordered") or ())
    columns = {
        name: column
        for name, column in _of_kind(real, "category").items()
        if name not in ordered and (is_object_dtype(column.dtype) or is_string_dtype(column.dtype))
    }
    if not columns:
        raise Undefined("no column has free texts; numbers, dates and fixed categories are none")
    return _with(real, {name: _misspell(column, level, rng) for name, column in columns.items()})


def dates_shifted(real: Samples, level: float) -> Samples:
    """Return a table whose dates are later by `level` times the range of their column.

    Dates without a time of day shift by whole days, at least one. Raises Undefined without a column of two
    different dates, and if a date would be later than its dtype allows.
    """
    columns = {name: column for name, column in _of_kind(real, "date").items() if column.nunique() >= _FEW}
    if not columns:
        raise Undefined("no column has two different dates; expected at least one such column")
    return _with(real, {name: _later(column, level) for name, column in columns.items()})


def gaps_imputed(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return a table in which the share `level` of the gaps, drawn at random, has a plain guess.

    The guess is the mean of a column of numbers or dates, rounded for integers, and the most frequent value
    of others. A column without values keeps its gaps. Raises Undefined without gaps in other columns.
    """
    frame = real.data
    names = [name for name in frame.columns if frame[name].isna().any() and frame[name].notna().any()]
    if not names:
        raise Undefined("no column has both gaps and values; expected at least one such column")
    kinds = kinds_of(real.space)
    return _with(real, {name: _impute(frame[name], kinds[name], level, rng) for name in names})


def _of_kind(samples: Samples, *kinds: str) -> dict[str, Any]:
    """Return the columns of some kinds that have values."""
    found = {name: samples.data[name] for name, kind in kinds_of(samples.space).items() if kind in kinds}
    return {name: column for name, column in found.items() if column.notna().any()}


def _round_numbers(column: Any, level: float) -> Any:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(numbers)
    known = numbers[finite]
    step = level * np.ptp(known) if len(known) else 0.0
    if not step:
        return column
    moved = (known.min() + step * np.round((known - known.min()) / step)).clip(known.min(), known.max())
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    damaged = column.copy()
    damaged[finite] = (moved.clip(known.min(), known.max()).round() if dtype.kind in "iu" else moved).astype(
        dtype
    )
    return damaged


def _merge_rare(column: Any, level: float) -> Any:
    counts = ((count, str(value), value) for value, count in column.value_counts().items() if count)
    rarest = [value for *_, value in sorted(counts, key=lambda each: each[:2])]
    gone = min(max(1, round(level * len(rarest))), len(rarest) - 1)
    is_gone = column.isin(rarest[:gone]).to_numpy()
    first = np.flatnonzero((column == rarest[gone]).to_numpy(dtype=bool, na_value=False))[0]
    source = np.where(is_gone, first, np.arange(len(column)))
    return column.take(source).set_axis(column.index)


def _misspell(column: Any, level: float, rng: np.random.Generator) -> Any:
    known = {str(value) for value in column.dropna().unique()}
    cells = np.flatnonzero(column.notna().to_numpy())
    chosen = rng.permutation(cells)[: max(1, round(level * len(cells)))]
    wrong = {text: _new_text(text, known) for text in known}
    damaged = column.copy()
    damaged.iloc[chosen] = [wrong[str(value)] for value in column.iloc[chosen]]
    return damaged


def _new_text(text: str, known: set[str]) -> str:
    last = text[-1:] or "?"
    while text in known:
        text += last
    return text


def _later(column: Any, level: float) -> Any:
    import pandas as pd

    known = column.dropna()
    is_whole = (known == known.dt.normalize()).all()
    try:
        shift = level * (known.max() - known.min())
        if is_whole:
            shift = pd.Timedelta(days=max(1, round(shift / pd.Timedelta(days=1))))
        return (column + shift).astype(column.dtype)
    except (OverflowError, ValueError) as error:
        raise Undefined(f"the column {column.name!r} has no later dates: {error}") from error


def _impute(column: Any, kind: str, level: float, rng: np.random.Generator) -> Any:
    gaps = np.flatnonzero(column.isna().to_numpy())
    chosen = rng.permutation(gaps)[: max(1, round(level * len(gaps)))]
    if kind in ("category", "boolean"):
        source = np.arange(len(column))
        source[chosen] = np.flatnonzero((column == column.mode()[0]).to_numpy(dtype=bool, na_value=False))[0]
        return column.take(source).set_axis(column.index)
    guess = column.mean()
    damaged = column.copy()
    damaged.iloc[chosen] = round(guess) if kind == "integer" else guess
    return damaged.astype(column.dtype)


def _with(real: Samples, columns: Mapping[str, Any]) -> Samples:
    """Return samples with other values in some columns."""
    return replace(real, data=real.data.assign(**columns))
