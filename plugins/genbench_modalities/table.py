"""The modality `table`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Distribution, Invalid, Rendering, Samples, fold_text
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.table_columns import with_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["Table", "distributions"]

_INTERVALS = 16  # of numbers with more values than this

_MOST_VALUES = 8  # of a column of categories; the last one may stand for others

_OTHERS = "(others)"

_DAY = np.timedelta64(1, "D")


_CITIES, _MISSING, _OLD = ["Lima", "Oslo", "Rome"], 0.1, 50  # of the people of `example`


class Table:
    """Rows of a pandas frame."""

    def check(self, samples: Samples) -> None:
        """Raise Invalid for a target that is no column, and for a text that is no level of an ordered one."""
        frame, target = samples.data, samples.space.get("target")
        expected = f"expected one of {', '.join(frame.columns)}"
        if target is not None and target not in frame.columns:
            raise Invalid(f"the target {target!r} is no column; {expected}")
        for name, levels in samples.space.get("ordered") or ():
            if name not in frame.columns:
                raise Invalid(f"the ordered {name!r} is no column; {expected}")
            unknown = sorted(set(frame[name].dropna().map(str)) - set(levels))
            if unknown:
                raise Invalid(f"column {name!r} holds {unknown[0]!r}; expected one of {', '.join(levels)}")

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:
        """Return a pandas frame as a table, with the target and the ordered levels of `space`."""
        if not hasattr(value, "itertuples"):
            return None
        beside = {} if space is None else {name: space.get(name) for name in ("target", "ordered")}
        return Samples.of("table", value, **beside)

    def adapt(self, samples: Samples, space: Space) -> Samples:
        """Return rows with the columns, the target and the ordered levels of another table."""
        return Samples(with_columns(samples.data, space.get("columns")), space, samples.labels)

    def same(self, samples: Samples) -> Any:
        """Return the rows without what a reader of a text cannot see, such as kinds of blanks and U+200B."""
        frame = samples.data.copy(deep=False)
        for name, dtype in frame.dtypes.items():
            if dtype.kind == "O":  # objects, texts and categories
                frame[name] = _fold_cells(frame[name])
        return frame

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return a row as text, a line for each column."""
        row = samples.data.iloc[number]
        return Rendering("text/plain", "\n".join(f"{name}: {row[name]}" for name in row.index).encode())

    def distributions(self, sides: Sequence[Samples]) -> list[Distribution]:
        """Return how the values of each column are distributed on each side."""
        return distributions(sides)

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws each cell uniformly over its column.

        Numbers and dates are uniform between the least and the greatest of the column, other values uniform
        over its distinct ones. A cell is missing as often as in the column.
        """

        def draw(n: int, rng: np.random.Generator) -> Any:
            import pandas as pd

            columns = {name: _column(train.data[name], n, rng) for name in train.data.columns}
            return pd.DataFrame(columns)

        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of each column of numbers.

        Raises Undefined for a table without numbers.
        """
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return people: numbers, texts, dates and truth values; some incomes are missing, and rise with age.

        The label says whether a person is older than 50.
        """
        import pandas as pd

        ages = rng.integers(18, 90, size=n)
        incomes = (ages * rng.lognormal(6.0, 0.3, size=n)).round(2)
        columns = {
            "age": ages,
            "income": pd.Series(incomes).mask(rng.uniform(size=n) < _MISSING),
            "city": pd.Series(rng.choice(_CITIES, size=n), dtype=object),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(2000, size=n), unit="D"),
            "member": rng.uniform(size=n) < ages / 100,
        }
        labels, classes = (ages > _OLD).astype(int), ("younger", "older")
        return Data(Samples.of("table", pd.DataFrame(columns), labels, classes=classes))


def _fold_cells(column: Any) -> Any:
    """Return a column with `fold_text` of each cell as text; the same column if that changes none.

    Metrics take the values of such a column as texts, so 1 and True are the same as "1" and "True".
    """
    import pandas as pd

    different = set(column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column)
    folded = {cell: fold_text(cell) for cell in different if isinstance(cell, str)}
    others = [cell for cell in different if not isinstance(cell, str) and not pd.isna(cell)]
    if not others and all(cell == text for cell, text in folded.items()):
        return column
    cells = [folded[cell] if isinstance(cell, str) else _write_cell(cell) for cell in column]
    return pd.Series(cells, index=column.index, dtype=object)


def _write_cell(cell: Any) -> Any:
    """Return a cell that is no text as text, with 0.0 for -0.0; a missing one as it is."""
    import pandas as pd

    if pd.isna(cell):
        return cell
    return str(cell + 0.0 if isinstance(cell, float) else cell)


def _column(known: Any, n: int, rng: np.random.Generator) -> Any:
    """Return `n` cells without structure, of the dtype of a column."""
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_float_dtype, is_integer_dtype

    present = known.dropna()
    if present.empty:
        return known.take([0] * n).reset_index(drop=True)
    if is_bool_dtype(known.dtype) or not (
        is_integer_dtype(known.dtype) or is_float_dtype(known.dtype) or is_datetime64_any_dtype(known.dtype)
    ):
        values = present.drop_duplicates()
        cells = values.take(rng.integers(len(values), size=n))
    elif is_integer_dtype(known.dtype):
        cells = _series(rng.integers(present.min(), present.max(), size=n, endpoint=True), known)
    elif is_float_dtype(known.dtype):
        cells = _series(rng.uniform(present.min(), present.max(), size=n), known)
    else:
        share = rng.uniform(size=n)
        cells = _series(present.min() + share * (present.max() - present.min()), known)
    missing = rng.uniform(size=n) < known.isna().mean()
    return cells.reset_index(drop=True).mask(missing).astype(known.dtype)


def _series(values: Any, known: Any) -> Any:
    import pandas as pd

    return pd.Series(values).astype(known.dtype)


# Distributions of the columns of tables, over cells that all tables share.


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
