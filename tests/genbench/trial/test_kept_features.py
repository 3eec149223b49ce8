"""Features that one call leaves in memory for the next."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Extracted, Samples
from genbench.trial.global_state import Noted
from genbench.trial.kept_features import FirstFew, FoundFeatures, KeptFeatures


def few(rows):
    data = np.array(rows, float).reshape(len(rows), 2)
    return FirstFew(
        Samples.of("vector", data), Extracted({"a": data, "b": data + 1}, np.ones(len(data), bool))
    )


@pytest.mark.parametrize(
    ("rows", "are_enough"),
    [([], False), ([[1, 0]], False), ([[1, 0], [0, 0]], False), ([[1, 0], [0, 2]], True)],
)
def test_two_samples_with_features_in_every_output_are_enough(rows, are_enough):
    assert few(rows).are_enough is are_enough


def test_trimmed_features_are_of_the_given_samples_and_comparisons_are_those_that_tell_something():
    found = FoundFeatures(few([[1, 1]]).extracted, Noted())
    kept = KeptFeatures()
    kept.found.update({("real", "x"): found, ("real", "y"): found, ("fake", "x"): found})
    kept.first.update({("x", True): few([[1, 0], [0, 2]]), ("y", True): few([[0, 0]]), ("z", False): None})
    kept.trim({"real", "train"})
    assert set(kept.found) == {("real", "x"), ("real", "y")}
    assert set(kept.first) == {("x", True)}
