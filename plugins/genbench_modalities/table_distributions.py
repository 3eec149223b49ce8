"""Distributions of the columns of tables, over cells that all tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["distributions"]

_INTERVALS = 16  # of numbers with more values than this
_MOST_VALUES = 8  # of a column of categories; the last one may stand for others
_OTHERS = "(others)"
_DAY = np.timedelta64(1, "D")


def distributions(sides: Sequence[Samples]) -> list[Distribution]:
    """Return the distribution of each column on each side; a column without a real value is left out.

    sides  tables of one space; the first one is real

    Numbers and dates of at most 16 values have a cell for each value, others 16 equal intervals from the
    least to the greatest real one; what is beyond counts to the ends. Categories are in the order of their
    levels, else the most frequent first; the rarest beyond seven are one.
    """
    levels = dict(sides[0].space.get("ordered") or ())
    found = (_of_column(name, [side.data[name] for side in sides], levels) for name in sides[0].data.columns)
    return [each for each in found if each is not None]


def _of_column(name: str, columns: Sequence[Any], levels: Mapping[str, Sequence[str]]) -> Distribution | None:
    from pandas.api import types

    real = columns[0]
    if not real.notna().any():
        return None
    is_date = types.is_datetime64_any_dtype(real.dtype)
    is_number = types.is_numeric_dtype(real.dtype) and not types.is_bool_dtype(real.dtype)
    if not is_date and not is_number:
        return _of_texts(name, columns, levels.get(name))
    return _of_numbers(name, [_numbers(column, is_date=is_date) for column in columns], is_date=is_date)


def _of_texts(name: str, columns: Sequence[Any], levels: Sequence[str] | None) -> Distribution:
    shares = [column.dropna().map(str).value_counts() / max(1, len(column)) for column in columns]
    names = {text for side in shares for text in side.index}
    order = {text: place for place, text in enumerate(levels or sorted(names))}

    def rank(text: str) -> tuple[float, ...]:
        place = order.get(text, len(order))
        return (place,) if levels else (*(-side.get(text, 0.0) for side in shares), place)

    kept = sorted(names, key=rank)
    if len(kept) > _MOST_VALUES:
        often = sorted(kept, key=lambda text: -max(side.get(text, 0.0) for side in shares))
        kept = [text for text in kept if text in often[: _MOST_VALUES - 1]]
    cells = [[float(side.get(text, 0.0)) for text in kept] for side in shares]
    values = tuple(kept)
    if len(kept) < len(names):
        cells = [[*own, float(side.sum()) - sum(own)] for own, side in zip(cells, shares, strict=True)]
        values = (*values, _OTHERS)
    return Distribution(part=name, values=values, shares=tuple(tuple(max(0.0, p) for p in c) for c in cells))


def _of_numbers(name: str, columns: Sequence[NDArray[np.float64]], *, is_date: bool) -> Distribution:
    known = [column[~np.isnan(column)] for column in columns]
    values = np.unique(np.concatenate(known))
    if len(values) <= _INTERVALS:
        first, last = values[0], values[-1]
        places = [np.searchsorted(values, side) for side in known]
        cells = len(values)
    else:
        real = known[0] if np.ptp(known[0]) else values
        first, last, cells = real.min(), real.max(), _INTERVALS
        places = [
            np.clip((side - first) / (last - first) * cells, 0, cells - 1).astype(int) for side in known
        ]
    shares = tuple(
        tuple((np.bincount(place, minlength=cells) / max(1, len(column))).tolist())
        for place, column in zip(places, columns, strict=True)
    )
    return Distribution(part=name, shares=shares, ends=(_text(first, is_date), _text(last, is_date)))


def _numbers(column: Any, *, is_date: bool) -> NDArray[np.float64]:
    """Return a column (n,) as numbers with NaN for gaps; dates are days since 1970-01-01."""
    if is_date:
        days = (column.to_numpy(dtype="datetime64[ns]") - np.datetime64(0, "ns")) / _DAY
        return np.asarray(days, dtype=np.float64)
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def _text(number: float, is_date: bool) -> str:
    if is_date:
        return str(np.datetime64(int(np.floor(number)), "D"))
    return f"{number:.6g}" if number == np.floor(number) else f"{number:.4g}"
