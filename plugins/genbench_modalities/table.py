"""The modality `table`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench import Data, Invalid, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.table_columns import with_columns
from genbench_modalities.table_distributions import distributions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from genbench import Distribution, Space

__all__ = ["Table"]

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
