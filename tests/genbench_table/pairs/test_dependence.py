"""Matrices of dependence, and what the record of a score has of them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.pairs.contingency import code_column, contingency
from genbench_table.pairs.correlation import correlations
from genbench_table.pairs.trends import MOST_COLUMNS, Pairs, pairs_of
from numpy.random import default_rng

from genbench import Samples


def mixed(seed, n=200):
    rng = default_rng(seed)
    x = rng.normal(size=n)
    frame = {
        "x": x,
        "c": np.where(x > 0, "a", "b").astype(object),
        "y": x + rng.normal(size=n),
        "t": rng.random(n) < 0.5,
    }
    return Samples.of("table", pd.DataFrame(frame))


def found_of(real, fake):
    return pairs_of(columns_of(real, fake), binning="real-range", correlation="pearson")


def test_numbers_have_correlations_and_other_pairs_contingency_tables():
    real, fake = mixed(0), mixed(1)
    columns = columns_of(real, fake)
    found = found_of(real, fake)
    assert found.names == ("x", "c", "y", "t")
    r, s = (correlations([columns[0].sides[side], columns[2].sides[side]])[0, 1] for side in (0, 1))
    assert (found.real[0, 2], found.fake[0, 2]) == pytest.approx((r, s))
    assert found.similarity[0, 2] == pytest.approx(1 - abs(r - s) / 2)
    each = contingency(code_column(columns[1], "real-range"), code_column(columns[3], "real-range"))
    assert found.similarity[1, 3] == each.similarity
    assert found.real[1, 3] == each.real
    assert found.fake[1, 3] == each.fake
    assert found.numeric.sum() == 4
    for matrix in (found.similarity, found.real, found.fake):
        assert np.array_equal(matrix, matrix.T)
        assert np.diag(matrix).tolist() == [1, 1, 1, 1]


def test_equal_tables_have_equal_dependence():
    found = found_of(mixed(0), mixed(0))
    assert found.similarity == pytest.approx(np.ones((4, 4)))
    assert np.array_equal(found.real, found.fake)


def of_similarity(similarity):
    d = len(similarity)
    names = tuple(f"c{number}" for number in range(d))
    return Pairs(names, similarity, np.eye(d), np.eye(d), np.ones((d, d), dtype=bool))


def test_the_record_has_names_matrices_and_the_mean_of_each_column():
    similarity = np.array([[1, 0.2, 0.4], [0.2, 1, 1 / 3], [0.4, 1 / 3, 1]])
    record = of_similarity(similarity).record(np.ones((3, 3), dtype=bool))
    assert (record["columns"], record["counted"]) == (3, 3)
    assert record["parts"] == pytest.approx({"c0": 0.3, "c1": (0.2 + 1 / 3) / 2, "c2": (0.4 + 1 / 3) / 2})
    pairs = record["pairs"]
    assert pairs["names"] == ["c0", "c1", "c2"]
    assert pairs["values"] == [[1, 0.2, 0.4], [0.2, 1, 0.333333], [0.4, 0.333333, 1]]
    assert pairs["real"] == pairs["fake"] == np.eye(3).tolist()
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_pairs_that_do_not_count_have_no_value_in_the_record():
    counted = np.zeros((3, 3), dtype=bool)
    counted[0, 2] = counted[2, 0] = True
    record = of_similarity(np.full((3, 3), 0.5) + np.eye(3) / 2).record(counted)
    assert record["pairs"]["values"] == [[1, None, 0.5], [None, 1, None], [0.5, None, 1]]
    assert record["parts"] == {"c0": 0.5, "c2": 0.5}
    assert record["counted"] == 1


def test_of_many_columns_the_record_has_the_worst():
    d = MOST_COLUMNS + 30
    similarity = np.ones((d, d))
    similarity[0, 7] = similarity[7, 0] = 0.1
    record = of_similarity(similarity).record(np.ones((d, d), dtype=bool))
    assert record["columns"] == d
    assert (
        len(record["parts"]) == len(record["pairs"]["names"]) == len(record["pairs"]["real"]) == MOST_COLUMNS
    )
    assert {"c0", "c7"} <= set(record["pairs"]["names"])
    assert len(json.dumps(record)) < 100_000
