"""Real and unknown categories, beside SDMetrics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals.categories import categories, category_adherence, category_coverage

from genbench import Samples, Undefined


def table(**columns):
    return Samples.of("table", pd.DataFrame(columns))


@pytest.mark.parametrize("metric", ["category_coverage", "category_adherence"])
def test_each_column_has_the_value_of_sdmetrics(oracles, oracle_tables, metric):
    score = categories(oracle_tables["train"], oracle_tables["synthetic"])[metric.replace("_", "-")]
    assert list(score.extra["parts"]) == ["job", "sex", "region", "rich"]
    for record in oracles(metric):
        assert score.extra["parts"][record["case"]] == pytest.approx(record["value"], abs=record["tol"])


@pytest.mark.parametrize(
    ("fake", "coverage", "adherence"),
    [([0, 1, 2, 3], 1, 1), ([0, 0, 1], 0.5, 1), ([0, 4, 4, 5], 0.25, 0.25), ([4, 5], 0, 0)],
)
def test_coverage_counts_categories_and_adherence_values(fake, coverage, adherence):
    real, fake = np.array([0, 0, 0, 1, 2, 3]), np.array(fake)
    assert (category_coverage(real, fake), category_adherence(real, fake)) == (coverage, adherence)


def test_neither_names_nor_repeated_rows_matter():
    real, fake = np.array([0, 0, 0, 1, 2, 3]), np.array([0, 4, 4, 5])
    other = np.array([5, 3, 1, 0, 2, 4])  # of each code
    for metric in (category_coverage, category_adherence):
        value = metric(real, fake)
        assert metric(other[real], other[fake]) == value
        assert metric(np.tile(real, 3), np.tile(fake[::-1], 2)) == value


def test_levels_that_no_real_row_has_do_not_count():
    """An ordered column names the levels in advance."""
    space = {"ordered": (("size", ("small", "middle", "large")),)}
    one = Samples.of("table", pd.DataFrame({"size": ["small", "large"]}), **space)
    other = Samples.of("table", pd.DataFrame({"size": ["small", "middle"]}), **space)
    found = categories(one, other)
    assert (found["category-coverage"].value, found["category-adherence"].value) == (0.5, 0.5)


def test_gaps_do_not_count_and_a_column_of_fake_gaps_scores_0():
    one = table(c=pd.Series(["a", "b", None], dtype=object))
    other = table(c=pd.Series(["a", None, None], dtype=object))
    none = table(c=pd.Series([None] * 3, dtype=object))
    assert [score.value for score in categories(one, other).values()] == [0.5, 1]
    assert [score.value for score in categories(one, none).values()] == [0, 0]


def test_a_table_without_categories_has_no_value():
    numbers = table(x=[1.0, 2.0])
    with pytest.raises(Undefined, match="a column of categories"):
        categories(numbers, numbers)
