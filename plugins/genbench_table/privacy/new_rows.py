"""Share of fakes that match no training row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score
from genbench_table.columns.identifiers import caution_of_identifiers
from genbench_table.columns.values import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_table.columns.values import Column

    Sides = tuple[NDArray[Any], ...]

__all__ = ["new_rows"]

_FAKE, _TRAIN = range(2)  # the places of their columns
_PAIRS = 2**21  # in memory at once
_ROUNDING = 1e-9  # a window is wider by this share than the tolerance, so that rounding leaves none out


def new_rows(train: Samples, fake: Samples, *, tolerance: Annotated[float, Ge(0)] = 0.01) -> float | Score:
    """Return the share of `fake` without a match in `train`, in [0, 1]; higher is better.

        1 - share of g with a training row t that matches in all columns;  in numbers |t - g| <= tolerance |g|

    train, fake  rows of one space
    tolerance    relative to the value of the fake; 0 finds equal rows only

    Dates count in days since 1970, categories match where they are equal, and gaps match gaps. The tolerance
    is relative to the value, so a 0 matches 0 only, and dates match over half a year. Copies score 0. So do
    fresh rows of a table with few values: compare with the control `held-out`. Noise scores 1. With a column
    that may be an identifier, or a key with new values in the fakes, the extra holds a `warning`.

    Source: sdmetrics 0.32, single_table.NewRowSynthesis. Time grows with the pairs that match in the column
    with the fewest matches, not with all pairs.
    """
    columns = columns_of(fake, train)
    share = 1 - float(_have_match(columns, tolerance).mean())
    caution = caution_of_identifiers(columns, _TRAIN, _FAKE)
    return Score(share, extra=caution) if caution else share


def _have_match(columns: Sequence[Column], tolerance: float) -> NDArray[np.bool_]:
    """Return (n,) whether each fake matches a training row."""
    groups = _groups(columns)
    numbers = [column.sides for column in columns if column.is_numeric]
    if not numbers:
        return np.isin(*groups)
    windows = [_windows(sides, groups, tolerance) for sides in numbers]
    order, first, last = min(windows, key=lambda window: int((window[2] - window[1]).sum()))
    has_match = np.zeros(len(groups[0]), bool)
    for rows, known in _pairs(order, first, last):
        has_match[rows[_are_close(numbers, rows, known, tolerance)]] = True
    return has_match


def _groups(columns: Sequence[Column]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the group (n,) of each fake and (m,) of each training row.

    Rows of a group are equal in all categories and have gaps in the same numbers.
    """
    sides = zip(*(column.sides for column in columns), strict=True)
    keys = [
        np.column_stack(
            [
                np.isnan(side) if column.is_numeric else side
                for side, column in zip(cells, columns, strict=True)
            ]
        )
        for cells in sides
    ]
    _, group = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    group = group.reshape(-1)  # numpy 2.0.0 gives a column
    return group[: len(keys[0])], group[len(keys[0]) :]


def _windows(
    sides: Sides, groups: tuple[NDArray[np.intp], NDArray[np.intp]], tolerance: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return an order of the training rows, and where in it the possible matches of each fake begin and end.

    sides  the numbers of the fakes and of the training rows

    Possible matches are the rows of the fake's group whose number is close enough; all rows of the group
    where it has a gap.
    """
    fake, train = sides
    ranks = np.sort(train[~np.isnan(train)])
    places = len(ranks) + 1
    reach = (tolerance + _ROUNDING) * np.abs(fake)
    first = np.where(np.isnan(fake), 0, np.searchsorted(ranks, fake - reach, "left"))
    last = np.where(np.isnan(fake), places, np.searchsorted(ranks, fake + reach, "right"))
    rank = np.where(np.isnan(train), 0, np.searchsorted(ranks, train, "left"))
    keys = groups[1] * places + rank
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    start = groups[0] * places
    return order, np.searchsorted(keys, start + first), np.searchsorted(keys, start + last)


def _pairs(
    order: NDArray[np.intp], first: NDArray[np.intp], last: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield pairs of fakes and training rows in the windows, about `_PAIRS` at once."""
    counts = last - first
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = ends[start] - counts[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + _PAIRS, "right")))
        some = counts[start:stop]
        rows = np.repeat(np.arange(start, stop), some)
        inside = np.arange(int(some.sum())) - np.repeat(np.cumsum(some) - some, some)
        yield rows, order[first[rows] + inside]
        start = stop


def _are_close(
    numbers: Sequence[Sides], rows: NDArray[np.intp], known: NDArray[np.intp], tolerance: float
) -> NDArray[np.intp]:
    """Return which pairs are close in all columns of numbers; gaps are equal."""
    kept = np.arange(len(rows))
    for fake, train in numbers:
        made, real = fake[rows[kept]], train[known[kept]]
        kept = kept[(np.abs(real - made) <= tolerance * np.abs(made)) | (np.isnan(made) & np.isnan(real))]
    return kept
