"""Rows of a table as numbers: scaled to the range of a reference table, categories one-hot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_table.columns.values import columns_of, is_gap, present

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column

__all__ = ["Encoding", "fit_encoding"]


@dataclass(frozen=True)
class Encoding:
    """How the rows of a space become numbers.

    columns  for each column its name and what encodes it: the least and the greatest number and the mean of
             the reference, or its categories as texts; and whether the reference has gaps in it
    """

    columns: tuple[tuple[str, tuple[float, float, float] | tuple[str, ...], bool], ...]

    def encode(self, table: Samples) -> NDArray[np.float64]:
        """Return rows (n, d) float64: the columns of `encode_columns` side by side."""
        return np.concatenate(list(self.encode_columns(table).values()), axis=1)

    def encode_columns(self, table: Samples) -> dict[str, NDArray[np.float64]]:
        """Return the numbers (n, k) float64 of each column by its name.

        A number is (x - least) / (greatest - least) of the reference, so beyond its range it is below 0 or
        above 1; a gap in it is at the reference's mean. A column that is constant in the reference is scaled
        by 1. A category that the reference lacks is a row of zeros, as a gap is. Where the reference has
        gaps, one more number says whether the value is missing.
        """
        known = {column.name: column for column in columns_of(table)}
        encoded = {}
        for name, scale, has_gaps in self.columns:
            column = known[name]
            values = column.sides[0]
            rows = _rescale(values, scale) if column.is_numeric else _one_hot(column, scale)
            encoded[name] = np.column_stack([rows, is_gap(values)]) if has_gaps else rows
        return encoded

    def to_json(self) -> list[Any]:
        """Return the encoding as JSON-like values."""
        return [[name, list(scale), has_gaps] for name, scale, has_gaps in self.columns]

    @classmethod
    def from_json(cls, value: Any) -> Encoding:
        """Return the encoding from the values of `to_json`; raise ValueError or TypeError for others."""
        columns = tuple((str(name), _scale(scale), bool(has_gaps)) for name, scale, has_gaps in value)
        if not columns:
            raise ValueError("it has no columns; expected at least one")
        return cls(columns)


def _rescale(values: NDArray[np.float64], scale: Any) -> NDArray[np.float64]:
    low, high, mean = map(float, scale)
    filled: NDArray[np.float64] = np.where(np.isnan(values), mean, values)
    return (filled[:, None] - low) / ((high - low) or 1.0)


def _one_hot(column: Column, scale: Any) -> NDArray[np.float64]:
    place = {level: number for number, level in enumerate(scale)}
    places = np.array([*(place.get(level, -1) for level in column.levels), -1])[column.sides[0]]
    one_hot: NDArray[np.float64] = np.equal(places[:, None], np.arange(len(scale))).astype(np.float64)
    return one_hot


def _scale(values: Any) -> tuple[float, float, float] | tuple[str, ...]:
    if values and all(isinstance(each, str) for each in values):
        return tuple(values)
    low, high, mean = map(float, values)
    return low, high, mean


def fit_encoding(reference: Samples) -> Encoding:
    """Return the encoding of the space of a reference table; raise Undefined if it has no value at all."""
    found = []
    for column in columns_of(reference):
        known = present(column.sides[0])
        if not len(known):
            continue
        scale: tuple[Any, ...]
        if column.is_numeric:
            scale = float(known.min()), float(known.max()), float(known.mean())
        else:
            scale = tuple(column.levels[code] for code in np.unique(known))
        found.append((column.name, scale, len(known) < len(column.sides[0])))
    if not found:
        raise Undefined("the reference table has no value in any column; expected at least one")
    return Encoding(tuple(found))
