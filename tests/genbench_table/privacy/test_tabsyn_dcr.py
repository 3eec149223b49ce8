"""Distances to the closest record by TabSyn's definition."""

from __future__ import annotations

import pandas as pd
import pytest
from genbench_table.privacy.tabsyn_dcr import tabsyn_dcr

from genbench import Samples


def test_it_is_what_the_expressions_of_tabsyn_give(oracles, oracle_tables):
    """The reference values leave the dates out, and put clerks in place of a job that train lacks."""
    (record,) = oracles("tabsyn_dcr_share")
    train, real, fake = (
        Samples.of(
            "table", oracle_tables[name].data.drop(columns="since").replace({"job": {"astronaut": "clerk"}})
        )
        for name in ("train", "holdout", "synthetic")
    )
    scores = tabsyn_dcr(fake, train, real)
    expected, tolerance = record["value"], record["tol"]
    distance, share = scores["tabsyn-dcr"], scores["tabsyn-dcr-share"]
    # the holdout of the reference values has 400 rows, train 300: their share is before the odds are divided
    odds = expected["share"] / (1 - expected["share"]) * len(real) / len(train)
    assert share.value == pytest.approx(odds / (1 + odds), abs=tolerance)
    assert distance.value == pytest.approx(expected["mean_train"], abs=tolerance)
    assert distance.extra["to_real"] == pytest.approx(expected["mean_holdout"], abs=tolerance)
    assert share.extra["ties"] == expected["ties"]


def test_copies_score_1_and_fresh_rows_a_half(draw):
    train, real = draw(300, 0), draw(300, 1)
    copies = tabsyn_dcr(train, train, real)
    assert copies["tabsyn-dcr"].value == 0.0
    assert copies["tabsyn-dcr-share"].value > 0.98
    fresh = tabsyn_dcr(draw(300, 2), train, real)["tabsyn-dcr-share"].value
    assert fresh == pytest.approx(0.5, abs=0.09)


def test_a_tie_counts_as_closer_to_real():
    table = Samples.of("table", pd.DataFrame({"c": pd.Series(["a", "b"] * 20, dtype=object)}))
    found = tabsyn_dcr(table, table, table)["tabsyn-dcr-share"]
    assert (found.value, found.extra["ties"]) == (0.0, 1.0)


def test_a_column_that_differs_in_each_row_is_named(numbered):
    for score in tabsyn_dcr(numbered(40, 0), numbered(40, 1), numbered(40, 2)).values():
        assert score.extra["warning"].startswith("column 'no' differs in every real row")


def test_a_key_with_new_values_is_named_by_every_number(draw):
    sides = [
        Samples.of(
            "table", draw(100, 0).data.assign(key=pd.Series([f"{each}{row // 4}" for row in range(100)]))
        )
        for each in "fpr"
    ]
    for score in tabsyn_dcr(*sides).values():
        assert score.extra["warning"].startswith("column 'key' has other values in the fakes")
