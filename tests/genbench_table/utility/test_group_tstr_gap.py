"""What groups lose where models learn from fakes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.utility.group_tstr_gap import group_tstr_gap
from genbench_table.utility.tstr import tstr_linear

from genbench import Samples, Undefined


def rng():
    return np.random.default_rng(0)


def with_reversed(table, town):
    """Return a table in which the prices of a town fall with the size."""
    frame = table.data
    price = frame["price"].where(frame["town"] != town, -frame["price"])
    return Samples.of("table", frame.assign(price=price), target="price")


def test_it_finds_the_group_that_loses(people):
    train, real, fake = (people(n, n, "price") for n in (301, 300, 299))
    fair = group_tstr_gap(fake, train, real, group="town", rng=rng())
    assert fair.value < 0.1
    unfair = group_tstr_gap(with_reversed(fake, "Lima"), train, real, group="town", rng=rng())
    groups = unfair.extra["groups"]
    assert unfair.value == groups["Lima"]["gap"] > 1
    assert groups["Oslo"]["gap"] < 0.2
    assert unfair.extra["spread"] == pytest.approx(groups["Lima"]["gap"] - groups["Oslo"]["gap"])
    assert sum(group["n"] for group in groups.values()) == 300


def test_one_group_of_all_rows_gives_the_gap_of_tstr(people):
    tables = [
        Samples.of(
            "table", people(100, seed).data.assign(all=pd.Series(["x"] * 100, dtype=object)), target="kind"
        )
        for seed in range(3)
    ]
    found = group_tstr_gap(*tables, group="all", learner="linear", rng=rng())
    assert found.value == pytest.approx(tstr_linear(*tables, rng=rng())["tstr-linear-gap"].value)


def test_small_groups_and_those_of_one_class_are_left_out(people):
    train, real = people(100, 0), people(100, 1)
    frame = real.data.copy()
    frame.loc[:4, "sex"] = "other"
    frame.loc[5:40, "sex"], frame.loc[5:40, "kind"] = "same", "low"
    real = Samples.of("table", frame, target="kind")
    found = group_tstr_gap(train, train, real, group="sex", learner="linear", rng=rng())
    assert sorted(found.extra["left_out"]) == ["other", "same"]
    assert sorted(found.extra["groups"]) == ["f", "m"]
    reason = "no group of 'sex' has 90 real rows with different targets; lower least"
    with pytest.raises(Undefined, match=reason):
        group_tstr_gap(train, train, real, group="sex", learner="linear", least=90, rng=rng())


def test_without_a_group_it_is_undefined(people):
    one = people(30, 0)
    with pytest.raises(Undefined, match="needs the option group"):
        group_tstr_gap(one, one, one, rng=rng())


def test_more_fakes_than_training_rows_are_a_caution(people):
    train, real = people(60, 0), people(100, 1)
    few, many = (
        group_tstr_gap(people(n, 2), train, real, group="town", learner="linear", rng=rng())
        for n in (60, 120)
    )
    assert "warning" not in few.extra
    assert many.extra["warning"].startswith("120 fakes and 60 training rows")
