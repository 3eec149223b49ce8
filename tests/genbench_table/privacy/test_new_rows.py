"""Rows without a match among the training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.privacy import new_rows as module
from genbench_table.privacy.new_rows import new_rows

from genbench import Samples


@pytest.mark.parametrize("tolerance", [0.01, 0.001])
def test_it_is_what_sdmetrics_gives(oracles, oracle_tables, tolerance):
    (record,) = (each for each in oracles("new_row_synthesis") if each["case"] == f"tolerance={tolerance}")
    found = new_rows(oracle_tables["train"], oracle_tables["synthetic"], tolerance=tolerance)
    assert found == pytest.approx(record["value"], abs=record["tol"])


def row_by_row(train, fake, tolerance):
    """Return the share of new rows from the matrix of all pairs."""
    matches = np.ones((len(fake), len(train)), bool)
    for column in columns_of(fake, train):
        made, known = column.sides[0][:, None], column.sides[1]
        close = np.abs(known - made) <= tolerance * np.abs(made) if column.is_numeric else known == made
        matches &= close | (np.isnan(known) & np.isnan(made)) if column.is_numeric else close
    return 1 - matches.any(axis=1).mean()


@pytest.mark.parametrize("tolerance", [0.0, 0.01, 0.2, 1.0, 3.0])
@pytest.mark.parametrize(
    "names", [["x"], ["k"], ["x", "k"], ["k", "c", "flag"], ["c", "flag"], ["since", "x", "c"]]
)
def test_windows_give_what_all_pairs_give(draw, tolerance, names):
    train, fake = (Samples.of("table", draw(n, n).data[names]) for n in (150, 120))
    assert new_rows(train, fake, tolerance=tolerance) == pytest.approx(row_by_row(train, fake, tolerance))


def test_pairs_are_taken_in_parts(draw, monkeypatch):
    train, fake = (Samples.of("table", draw(n, n).data[["k", "x"]]) for n in (150, 120))
    whole = new_rows(train, fake, tolerance=0.5)
    monkeypatch.setattr(module, "_PAIRS", 7)
    assert new_rows(train, fake, tolerance=0.5) == whole
    assert 0 < whole < 1


def test_copies_score_0_and_changed_ones_1(draw):
    train = draw(100, 0)
    assert new_rows(train, train.take(np.arange(30))) == 0.0
    moved = Samples.of("table", train.data.assign(same=train.data["same"] * 1.02))
    assert new_rows(train, moved) == 1.0
    slightly = Samples.of("table", train.data.assign(same=train.data["same"] * 1.009))
    assert new_rows(train, slightly) == 0.0


def test_a_zero_matches_zeros_only_and_a_gap_gaps():
    train = Samples.of("table", pd.DataFrame({"x": [0.0, 5.0, None]}))
    fake = Samples.of("table", pd.DataFrame({"x": [0.0, 1e-12, -5.04, 5.04, None]}))
    assert new_rows(train, fake) == pytest.approx(2 / 5)


def test_a_column_that_differs_in_each_row_is_named(numbered):
    train = numbered(40, 0)
    copies = Samples.of("table", train.data.assign(no=train.data["no"] + 1000))
    found = new_rows(train, copies)
    assert found.value == 1.0
    assert found.extra["warning"].startswith("column 'no' differs in every real row")
    shared = [Samples.of("table", side.data.drop(columns="no")) for side in (train, copies)]
    assert new_rows(*shared) == 0.0


def test_a_key_with_new_values_is_named(draw):
    train = draw(100, 0)
    sides = [
        Samples.of("table", train.data.assign(key=pd.Series([f"{each}{row // 4}" for row in range(100)])))
        for each in "ps"
    ]
    found = new_rows(*sides)
    assert found.value == 1.0
    assert found.extra["warning"].startswith("column 'key' has other values in the fakes")
    assert new_rows(sides[0], sides[0]) == 0.0
