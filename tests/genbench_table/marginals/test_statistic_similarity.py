"""Means, medians and standard deviations of columns, beside SDMetrics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.marginals.statistic_similarity import statistic_similarity
from hypothesis import given
from hypothesis import strategies as st

from genbench import Samples, Undefined

NUMBERS = st.lists(st.integers(-9, 9).map(float), min_size=2, max_size=20)


def found(real, fake):
    tables = (Samples.of("table", pd.DataFrame({"x": side}, dtype=float)) for side in (real, fake))
    return {name: score.value for name, score in statistic_similarity(*tables).items()}


def test_each_column_has_the_value_of_sdmetrics(oracles, oracle_tables):
    scores = statistic_similarity(oracle_tables["train"], oracle_tables["synthetic"])
    for record in oracles("statistic_similarity"):
        column, _, statistic = record["case"].partition("/")
        value = scores[f"{statistic}-similarity"].extra["parts"][column]
        assert value == pytest.approx(record["value"], abs=record["tol"]), record


def test_the_distance_of_a_statistic_is_a_share_of_the_real_range():
    real = [0.0, 1.0, 2.0, 10.0]
    moved = found(real, [2.0, 3.0, 4.0, 12.0])
    assert moved == pytest.approx({"mean-similarity": 0.8, "median-similarity": 0.8, "std-similarity": 1.0})
    wide = found(real, [0.0, 2.0, 4.0, 20.0])
    assert wide["std-similarity"] == pytest.approx(1 - np.std(real, ddof=1) / 10)
    assert found(real, [100.0, 200.0])["mean-similarity"] == 0


@given(NUMBERS, NUMBERS, st.sampled_from([-4.0, 0.5, 8.0]), st.randoms(use_true_random=False))
def test_neither_units_nor_the_order_of_rows_matter(real, fake, scale, random):
    mapped = [[scale * value + 3 for value in side] for side in (real, fake)]
    for side in mapped:
        random.shuffle(side)
    assert found(*mapped) == pytest.approx(found(real, fake), abs=1e-9)


@pytest.mark.parametrize(("fake", "value"), [([3.0, 3.0], 1), ([3.0, 4.0], 0)])
def test_a_constant_column_scores_1_or_0(fake, value):
    assert found([3.0, 3.0], fake) == dict.fromkeys(
        ("mean-similarity", "median-similarity", "std-similarity"), value
    )


def test_gaps_and_infinite_values_are_left_out():
    assert found([0.0, 10.0, np.nan], [0.0, 10.0, np.inf]) == found([0.0, 10.0], [0.0, 10.0])
    assert set(found([0.0, 1.0], [np.nan, np.nan]).values()) == {0}
    assert found([0.0, 10.0], [5.0])["std-similarity"] == pytest.approx(1 - np.sqrt(50) / 10)


def test_a_table_without_numbers_has_no_value():
    words = Samples.of("table", pd.DataFrame({"c": ["a", "b"]}))
    with pytest.raises(Undefined, match="a column of numbers or dates"):
        statistic_similarity(words, words)
