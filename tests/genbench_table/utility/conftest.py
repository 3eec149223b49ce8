"""Tables with a target that the other columns tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench import Samples


@pytest.fixture(scope="session")
def people():
    """Return a function that draws people with a `price` and a `kind`, of which one is the target."""

    def draw(n, seed, target="kind", kinds=("low", "middle", "high")):
        rng = np.random.default_rng(seed)
        size, town = rng.normal(size=n), rng.choice(["Lima", "Oslo"], size=n)
        price = 3 * size + 2 * (town == "Oslo") + 0.3 * rng.normal(size=n)
        place = np.searchsorted(np.linspace(-2, 3, len(kinds) + 1)[1:-1], price)
        columns = {
            "size": np.where(rng.uniform(size=n) < 0.05, np.nan, size),
            "town": pd.Series(town, dtype=object),
            "sex": pd.Series(rng.choice(["f", "m"], size=n, p=[0.3, 0.7]), dtype=object),
            "price": price,
            "kind": pd.Series(np.array(kinds)[place], dtype=object),
        }
        columns.pop("price" if target == "kind" else "kind")
        return Samples.of("table", pd.DataFrame(columns), target=target)

    return draw
