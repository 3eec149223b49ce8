"""Tables that generators learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_modalities.table import Table

from genbench import Samples


@pytest.fixture(scope="session")
def people():
    """Return 300 people: incomes that rise with age and are missing at times, towns, dates, truth values."""
    return Table().example(300, rng=np.random.default_rng(0)).samples


@pytest.fixture(scope="session")
def odd():
    """Return a table with a constant, an empty column, integers with gaps, and an ordered column."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "same": [7.0] * 60,
            "empty": pd.Series([None] * 60, dtype=object),
            "nothing": pd.Series([None] * 60, dtype="float64"),
            "count": pd.Series(rng.integers(0, 5, size=60), dtype="Int64").mask(rng.uniform(size=60) < 0.3),
            "size": pd.Series(rng.choice(["S", "M", "L"], size=60), dtype=object),
            "flag": pd.Series(rng.uniform(size=60) < 0.5, dtype="boolean"),
        }
    )
    return Samples.of("table", frame, target="flag", ordered=(("size", ("S", "M", "L")),))
