"""Valid values of columns of all kinds, beside SDMetrics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals.table_validity import table_validity

from genbench import Samples, Undefined


def test_the_mean_is_data_validity_of_sdmetrics(oracles, oracle_tables):
    """SDMetrics counts the date in its mean, and prints no value for it alone."""
    (record,) = oracles("diagnostic_report")
    score = table_validity(oracle_tables["train"], oracle_tables["synthetic"])
    assert score.value == pytest.approx(record["value"]["Data Validity"], abs=record["tol"])
    columns, other = ({*oracle_tables[side].data.dtypes.items()} for side in ("train", "synthetic"))
    structure = len(columns & other) / len(columns | other)  # 1: the host refuses other names and dtypes
    assert structure == record["value"]["Data Structure"]
    assert structure == record["value"]["details"]["Data Structure"]["TableStructure"]
    assert (score.value + structure) / 2 == pytest.approx(record["value"]["score"], abs=record["tol"])
    columns = record["value"]["details"]["Data Validity"] | {"since": 0.99}
    assert score.extra["parts"] == pytest.approx(columns, abs=record["tol"])


def test_values_beyond_the_range_and_unknown_categories_are_invalid_in_any_unit_and_by_any_name():
    real = Samples.of("table", pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "c": ["a", "b", "b", "b"]}))
    fake = Samples.of("table", pd.DataFrame({"x": [0.0, 1.0, 2.0, 9.0], "c": ["a", "z", "z", "b"]}))
    assert table_validity(real, fake).extra["parts"] == {"x": 0.75, "c": 0.5}
    assert table_validity(real, real).value == 1
    real, fake = (
        Samples.of("table", side.data.assign(x=np.exp(-side.data["x"]), c=side.data["c"] + "!")[::-1])
        for side in (real, fake)
    )
    assert table_validity(real, fake).extra["parts"] == {"x": 0.75, "c": 0.5}


def test_a_table_of_gaps_has_no_value():
    gaps = Samples.of("table", pd.DataFrame({"c": pd.Series([None, None], dtype=object)}))
    with pytest.raises(Undefined, match="all are missing"):
        table_validity(gaps, gaps)
