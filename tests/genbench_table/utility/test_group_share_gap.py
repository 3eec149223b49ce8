"""Shares of groups."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from genbench_table.datasets.sklearn_tables import table_sklearn
from genbench_table.datasets.table_world import table_world
from genbench_table.utility.group_share_gap import group_share_gap

import genbench
from genbench import Samples, Undefined


def table(*values):
    return Samples.of("table", pd.DataFrame({"g": pd.Series(values, dtype=object)}))


def test_it_is_the_largest_difference_of_shares():
    found = group_share_gap(table("a", "a", "b", "c"), table("a", "b", "b", "new"), group="g")
    assert found.value == pytest.approx(0.25)
    assert found.extra["groups"]["a"] == {"real": 0.5, "fake": 0.25}
    assert found.extra["groups"]["new"] == {"real": 0.0, "fake": 0.25}


def test_a_missing_group_costs_its_share_and_equal_tables_nothing():
    real = table("a", "a", "b", None)
    assert group_share_gap(real, table("a", "a", "a", "a"), group="g").value == 0.5
    assert group_share_gap(real, real, group="g").value == 0.0


def test_neither_the_side_nor_the_names_nor_the_number_of_rows_matters():
    real, fake = ("a", "a", "b", "c"), ("a", "b", "b", "new")
    value = group_share_gap(table(*real), table(*fake), group="g").value
    assert group_share_gap(table(*fake), table(*real), group="g").value == value
    named = [table(*(f"{name}!" for name in side)) for side in (real, fake)]
    assert group_share_gap(*named, group="g").value == value
    assert group_share_gap(table(*3 * real), table(*fake[::-1]), group="g").value == value


def test_the_groups_of_the_bundled_suite_are_a_column_of_its_world_and_of_no_other_table():
    suite = tomllib.loads((Path(genbench.__file__).parent / "suites" / "tables.toml").read_text("utf-8"))
    entries = [entry for entry in suite["metric"] if entry["use"].startswith("genbench:group-")]
    assert len(entries) == 2
    (group,) = {entry["group"] for entry in entries}
    world, wine = table_world(n=200).samples, table_sklearn().samples
    assert len(group_share_gap(world, world, group=group).extra["groups"]) == 4
    with pytest.raises(Undefined, match="the group 'region' is no column"):
        group_share_gap(wine, wine, group=group)
