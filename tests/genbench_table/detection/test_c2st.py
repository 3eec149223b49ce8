"""Classifier two-sample test by boosted trees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.detection.c2st import c2st

from genbench import Samples, Undefined


def test_it_sees_that_dependence_is_gone(pairs, shuffled):
    real = pairs(300, 0)
    fresh = c2st(real, pairs(300, 1), rng=np.random.default_rng(0))
    lost = c2st(real, shuffled(pairs(300, 1)), rng=np.random.default_rng(0))
    assert fresh.value < 0.56
    assert lost.value > 0.8
    assert lost.low > fresh.high


def test_separated_tables_score_1_and_a_table_against_itself_a_half(pairs):
    real = pairs(100, 0)
    far = Samples.of("table", real.data.assign(x=real.data["x"] + 100))
    found = c2st(real, far, rng=np.random.default_rng(0))
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)
    same = c2st(real, real, rng=np.random.default_rng(0))
    assert same.value == 0.5
    assert same.extra["auc"] < 0.5  # each fake has a real twin, mostly in another fold


def test_the_record_names_the_column_that_gives_the_fakes_away(pairs):
    real, fake = pairs(200, 0), pairs(200, 1)
    moved = Samples.of("table", fake.data.assign(x=fake.data["x"] + 2))
    columns = c2st(real, moved, rng=np.random.default_rng(0)).extra["columns"]
    assert list(columns) == ["x", "y", "c", "d"]
    assert max(columns, key=columns.get) == "x"
    assert columns["x"] > 0.2


def test_gaps_and_unknown_categories_give_fakes_away(pairs):
    real, fake = pairs(200, 0), pairs(200, 1)
    imputed = Samples.of("table", fake.data.assign(y=fake.data["y"].fillna(0.0)))
    assert c2st(real, imputed, rng=np.random.default_rng(0)).value > 0.52
    other = Samples.of("table", fake.data.assign(c=pd.Series(["new"] * 200, dtype=object)))
    assert c2st(real, other, rng=np.random.default_rng(0)).value == 1.0


def test_increasing_maps_of_a_number_and_other_names_of_categories_change_nothing(pairs):
    """Values on a grid: between two known values, where a tree splits depends on the map."""
    real, fake = (pairs(n, n) for n in (160, 161))
    sides = [Samples.of("table", side.data.round({"x": 0, "y": 0})) for side in (real, fake)]
    mapped = [
        Samples.of("table", side.data.assign(x=np.exp(side.data["x"]) / 100, c="the " + side.data["c"]))
        for side in sides
    ]
    first, other = (c2st(*tables, rng=np.random.default_rng(0)) for tables in (sides, mapped))
    assert other.extra["auc"] == first.extra["auc"] != 0.5
    assert other.extra["columns"] == first.extra["columns"]


def test_too_few_rows_for_the_folds_are_undefined(pairs):
    with pytest.raises(Undefined, match="5 folds need at least 5 samples; real has 4"):
        c2st(pairs(4, 0), pairs(9, 1), rng=np.random.default_rng(0))


@pytest.mark.slow
def test_the_area_of_fresh_rows_is_within_its_interval_about_as_often_as_it_says(pairs):
    """The trees of one fold learn from others, so areas of folds depend a little; chance gives 19 of 20."""
    rng = np.random.default_rng(3)
    found = [c2st(pairs(200, seed), pairs(200, 100 + seed), rng=rng) for seed in range(20)]
    assert sum(score.low <= 0.5 for score in found) >= 15
    assert np.mean([score.extra["auc"] for score in found]) == pytest.approx(0.5, abs=0.02)


def test_a_column_that_differs_in_each_row_is_named():
    rng = np.random.default_rng(0)
    sides = [
        Samples.of("table", pd.DataFrame({"no": np.arange(40) + first, "x": rng.normal(size=40)}))
        for first in (0, 1000)
    ]
    found = c2st(*sides, rng=rng)
    assert found.extra["warning"].startswith("column 'no' differs in every real row")
    alone = [Samples.of("table", side.data.drop(columns="no")) for side in sides]
    assert "warning" not in c2st(*alone, rng=rng).extra


def test_it_says_how_many_folds_are_done(pairs):
    steps = []
    c2st(
        pairs(60, 0),
        pairs(60, 1),
        folds=3,
        rng=np.random.default_rng(0),
        log=lambda *step: steps.append(step),
    )
    assert steps == [(part, 1000) for part in (0, 333, 666, 1000)]


def test_fakes_that_repeat_one_another_are_named(pairs):
    """Equal rows are in different folds: fresh rows, each twice, look unlike real ones."""
    real, fresh = pairs(300, 0), pairs(300, 1)
    found = c2st(real, fresh.take(np.repeat(np.arange(150), 2)), rng=np.random.default_rng(0))
    assert found.low > 0.6
    assert found.extra["warning"].startswith("100% of the fakes equal another fake")
    assert "warning" not in c2st(real, fresh, rng=np.random.default_rng(0)).extra
