"""Tables with all kinds of columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench import Samples


@pytest.fixture(scope="session")
def draw():
    """Return a function that draws rows of numbers, dates, categories and truth values, with gaps."""

    def rows(n, seed):
        rng = np.random.default_rng(seed)
        columns = {
            "x": np.where(rng.uniform(size=n) < 0.1, np.nan, rng.normal(size=n)),
            "k": rng.integers(-3, 9, size=n),
            "since": pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(500, size=n), unit="D"),
            "same": np.full(n, 7.0),
            "c": pd.Series(rng.choice(["a", "b", "c"], size=n), dtype=object).mask(rng.uniform(size=n) < 0.1),
            "flag": rng.uniform(size=n) < 0.4,
        }
        return Samples.of("table", pd.DataFrame(columns))

    return rows


@pytest.fixture(scope="session")
def numbered(draw):
    """Return a function that draws such rows with a column `no`, which numbers all rows of all seeds."""

    def rows(n, seed):
        return Samples.of("table", draw(n, seed).data.assign(no=np.arange(n) + n * seed))

    return rows
