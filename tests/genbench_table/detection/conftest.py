"""Tables whose columns depend on one another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench import Samples


@pytest.fixture(scope="session")
def pairs():
    """Return a function that draws rows of two equal-looking numbers and two categories that go together."""

    def draw(n, seed):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        code = rng.integers(3, size=n)
        columns = {
            "x": x,
            "y": np.where(rng.uniform(size=n) < 0.1, np.nan, x + 0.3 * rng.normal(size=n)),
            "c": pd.Series(np.array(["a", "b", "c"])[code], dtype=object),
            "d": pd.Series(np.array(["u", "v", "w"])[(code + (rng.uniform(size=n) < 0.1)) % 3], dtype=object),
        }
        return Samples.of("table", pd.DataFrame(columns))

    return draw


@pytest.fixture(scope="session")
def shuffled():
    """Return a function that shuffles each column of a table by itself."""

    def shuffle(table, seed=0):
        rng = np.random.default_rng(seed)
        frame = table.data
        columns = {name: frame[name].take(rng.permutation(len(frame))).to_numpy() for name in frame}
        return Samples.of("table", pd.DataFrame(columns).astype(frame.dtypes))

    return shuffle
