from __future__ import annotations

import numpy as np
import pytest
from genbench_table.datasets.table_world import shop, table_world

from genbench import checked_samples
from genbench.core.samples import content_hash


def test_rows_are_official_splits_of_the_law():
    data = table_world(n=400)
    checked_samples(data.samples)
    sizes = {name: len(index) for name, index in data.splits.items()}
    assert sizes == {"train": 200, "test": 100, "held_out": 100}
    assert data.samples.space.get("target") == "spend"
    assert data.samples.space.get("ordered") == (("plan", ("basic", "plus", "pro")),)
    assert np.isfinite(data.truth.log_likelihood(data.samples)).all()
    assert content_hash(table_world(n=400).samples) == content_hash(data.samples)
    assert content_hash(table_world(n=400, seed=1).samples) != content_hash(data.samples)


def test_columns_of_all_kinds_depend_on_each_other():
    law = shop()
    assert {node.kind for node in law.nodes} == {"category", "integer", "number", "boolean", "date"}
    assert law.mutual_information("visits", "spend") > 0.5
    assert law.correlation("spend", "weight") > 0.7
    assert law.mutual_information("weight", "channel") < 0.005


def test_tables_are_laws_without_an_impossible_cell():
    for node in shop().nodes:
        np.testing.assert_allclose(node.table.sum(axis=-1), 1, atol=1e-12)
        assert node.table.min() > 0
        assert node.table.shape[-1] == len(node.labels)


def test_gaps_have_the_stated_law():
    law = shop()
    missing = [law.conditional("rating", {"member": member})[-1] for member in (0, 1)]
    assert missing == pytest.approx([0.4, 0.1], abs=1e-12)
    assert law.marginal("channel")[-1] == pytest.approx(0.05, abs=1e-12)


def test_the_law_and_its_draw_are_pinned():
    """A change of either changes every number on the world."""
    assert shop().entropy == pytest.approx(22.485205441706658, rel=1e-12)
    first = table_world(n=4).samples.data.iloc[0].to_dict()
    assert [first[name] for name in ("region", "plan", "age", "member", "visits", "channel")] == [
        "east", "basic", 67, True, 5, "shop",
    ]  # fmt: skip
    assert str(first["since"].date()) == "2020-12-06"
    numbers = [first[name] for name in ("spend", "weight", "rating")]
    assert numbers == pytest.approx([21.900965560886462, 1.59569704649893, 3.5676813870233435], rel=1e-12)
