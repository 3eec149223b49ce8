"""Scores of columns and their mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import Column
from genbench_table.marginals.categories import categories
from genbench_table.marginals.missing_similarity import missing_similarity
from genbench_table.marginals.parts import MOST_PARTS, mean_score, parts_of, present
from genbench_table.marginals.ranges import ranges
from genbench_table.marginals.shapes import shapes
from genbench_table.marginals.statistic_similarity import statistic_similarity
from genbench_table.marginals.table_validity import table_validity

from genbench import Samples, Undefined

GAPS = np.full(3, np.nan)


def share(real, fake):
    return len(fake) / len(real)


def test_gaps_of_numbers_and_of_codes_are_left_out():
    assert present(np.array([1.0, np.nan, -2.0])).tolist() == [1.0, -2.0]
    assert present(np.array([0, -1, 2])).tolist() == [0, 2]


def test_a_column_without_real_values_is_left_out_and_one_without_fake_values_scores_0():
    values = np.array([1.0, np.nan, 3.0, 5.0])
    columns = [
        Column("both", "number", (values, values[:2])),
        Column("only fake", "number", (GAPS, values)),
        Column("only real", "number", (values, GAPS)),
        Column("none", "category", (np.full(3, -1), np.full(3, -1))),
    ]
    assert parts_of(columns, share) == {"both": 1 / 3, "only real": 0.0}


def test_the_mean_comes_with_its_parts():
    score = mean_score({"a": 0.5, "b": 1.0}, "why")
    assert (score.value, score.extra) == (0.75, {"columns": 2, "parts": {"a": 0.5, "b": 1.0}})
    with pytest.raises(Undefined, match="why"):
        mean_score({}, "why")


def test_of_many_columns_the_record_has_the_worst_and_the_mean_counts_all():
    parts = {f"c{number}": 1 - number / 1000 for number in range(1000)}
    score = mean_score(parts, "why")
    assert score.value == pytest.approx(np.mean(list(parts.values())))
    assert score.extra["columns"] == 1000
    assert list(score.extra["parts"]) == [f"c{number}" for number in range(1000 - MOST_PARTS, 1000)]


NUMBERS = ["no"]
CODES = ["code"]


@pytest.mark.parametrize(
    ("metric", "named"),
    [
        (shapes, NUMBERS + CODES),
        (table_validity, NUMBERS + CODES),
        (ranges, NUMBERS),
        (statistic_similarity, NUMBERS),
        (categories, CODES),
        (missing_similarity, []),
    ],
)
def test_identifiers_that_lower_the_mean_are_named(metric, named):
    x = np.random.default_rng(0).normal(size=(2, 100))

    def table(side, first, letter):
        codes = pd.Series([f"{letter}{number}" for number in range(100)], dtype=object)
        frame = {"x": x[side], "c": (x[side] > 0).astype(str).astype(object)}
        return pd.DataFrame(frame | {"no": first + np.arange(100), "code": codes})

    real, fake = table(0, 10_000, "p"), table(1, 20_000, "q")

    def scores(*left_out):
        sides = [Samples.of("table", side.drop(columns=list(left_out))) for side in (real, fake)]
        found = metric(*sides)
        return list(found.values()) if isinstance(found, dict) else [found]

    spoilt, right = scores(), scores(*NUMBERS, *CODES)
    for score in spoilt:
        assert [name for name in (*NUMBERS, *CODES) if f"'{name}'" in score.extra.get("warning", "")] == named
    assert all("warning" not in score.extra for score in right)
    is_lower = any(one.value < other.value - 0.2 for one, other in zip(spoilt, right, strict=True))
    assert is_lower == bool(named)
