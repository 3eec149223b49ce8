"""The fakes of one generator at all seeds as one side."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from genbench import Samples
from genbench.core.extracted import Extracted
from genbench.trial.comparisons.pooled import Pooled


def bench(first):
    """Return a workbench of two samples, of which the extractor reads the first."""
    array = np.array([[first], [first + 1]], dtype=np.float32)
    return SimpleNamespace(
        samples=Samples.of("vector", array.astype(float), labels=np.array([0, 1])),
        split=lambda name: f"the {name} of {first}",
        features=lambda extractor, side: (
            Extracted({"features": array}, np.array([True, False]))
            if side == "fake"
            else f"{side} of {first}"
        ),
        extract=lambda extractor: f"{extractor} of {first}",
        other=lambda name: f"{name} of {first}",
    )


def test_the_fakes_of_all_seeds_are_one_side_in_their_order():
    pooled = Pooled([bench(0), bench(10)])
    assert pooled.side("fake").data.tolist() == [[0], [1], [10], [11]]
    assert pooled.labels("fake").tolist() == [0, 1, 0, 1]
    assert pooled.size("fake") == 4


def test_their_features_are_so_too_with_those_that_have_none():
    found = Pooled([bench(0), bench(10)]).features("pixels", "fake")
    assert found.arrays["features"].tolist() == [[0], [1], [10], [11]]
    assert found.valid.tolist() == [True, False, True, False]


def test_all_else_is_the_same_at_every_seed():
    pooled = Pooled([bench(0), bench(10)])
    assert pooled.side("real") == "the real of 0"
    assert pooled.features("pixels", "real") == "real of 0"
    assert pooled.extract("pixels") == "pixels of 0"
    assert pooled.other("truth") == "truth of 0"
