"""What the faults do to metrics, as their specs declare."""

from __future__ import annotations

import pytest
from genbench_modalities.faults import SPECS


def test_copies_are_punished_and_damage_makes_worse():
    named = {e: {spec.name for spec in SPECS if spec.effect == e} for e in ("punished", "any")}
    assert named == {"punished": {"train-copies", "near-copies"}, "any": {"duplicates", "reverse-complement"}}
    assert {spec.effect for spec in SPECS} == {"worse", "punished", "any"}


@pytest.mark.parametrize(
    "modality", ["audio", "image", "points", "sequence", "table", "text", "vector", "video"]
)
def test_every_modality_with_a_metric_has_damage_of_its_own(modality):
    assert [spec for spec in SPECS if modality in spec.modalities and spec.effect == "worse"]
