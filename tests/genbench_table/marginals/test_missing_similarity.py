"""Missing values, beside SDMetrics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals.missing_similarity import missing_similarity

from genbench import Samples


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def test_each_column_has_the_value_of_sdmetrics(oracles, oracle_tables):
    score = missing_similarity(oracle_tables["train"], oracle_tables["synthetic"])
    for record in oracles("missing_value_similarity"):
        assert score.extra["parts"][record["case"]] == pytest.approx(record["value"], abs=record["tol"])
    assert score.value == pytest.approx(np.mean(list(score.extra["parts"].values())))
    assert len(score.extra["parts"]) == 9


def test_only_the_share_of_gaps_counts_in_numbers_and_in_texts():
    one = table(x=[1.0, np.nan, 2.0, np.nan], c=pd.Series(["a", None, "b", "b"], dtype=object))
    same = table(x=[np.nan, np.nan, 7.0, 8.0], c=pd.Series(["z", "z", "z", None], dtype=object))
    full = table(x=[1.0, 2.0, 3.0, 4.0], c=pd.Series(["a", "a", "a", "a"], dtype=object))
    assert missing_similarity(one, same).value == 1
    assert missing_similarity(one, full).extra["parts"] == {"x": 0.5, "c": 0.75}
    assert missing_similarity(full, one).value == missing_similarity(one, full).value
    assert missing_similarity(full, full).value == 1


def test_all_missing_on_both_sides_is_equal():
    gaps = table(c=pd.Series([None, None], dtype=object))
    assert missing_similarity(gaps, gaps).value == 1
