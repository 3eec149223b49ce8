"""Tables with reference values of other libraries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genbench import Samples

FOLDER = Path(__file__).parent / "oracles"

#: `region` and `hours` have gaps; `since` holds dates.
DTYPES = {"age": "int64", "education": "int64", "hours": "float64", "gain": "float64", "sex": "bool"} | (
    dict.fromkeys(("job", "region", "rich"), "object")
)


@pytest.fixture(scope="session")
def oracle_tables():
    """The tables `train`, `holdout` and `synthetic` of the reference values."""

    def table(name):
        path = FOLDER / f"inputs_{name}.csv"
        return Samples.of("table", pd.read_csv(path, dtype=DTYPES, parse_dates=["since"]))

    return {name: table(name) for name in ("train", "holdout", "synthetic")}


@pytest.fixture(scope="session")
def encoded():
    """The rows of `train` ("real"), `holdout` and `synthetic` ("syn") as numbers."""
    with np.load(FOLDER / "inputs_encoded.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def oracles():
    """A function of a metric's name that returns its reference values: case, kind, source, value, tol, ..."""
    records = json.loads((FOLDER / "oracles.json").read_text(encoding="utf-8"))

    def of(metric):
        found = [record for record in records if record["metric"] == metric and record.get("tol") is not None]
        assert found
        return found

    return of
