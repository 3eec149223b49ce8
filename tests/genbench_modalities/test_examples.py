"""The containers and the examples of the modalities."""

from __future__ import annotations

import genbench_modalities
import numpy as np
import pytest

from genbench import digests
from genbench.core.samples import content_hash

SPECS = {spec.name: spec for spec in genbench_modalities.genbench_modalities()}


def test_each_container_has_a_modality():
    assert {spec.container for spec in SPECS.values()} == {"array", "ragged", "strings", "frame"}


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("n", [1, 60])
def test_examples_are_valid_varied_and_decided_by_their_generator_of_random_numbers(name, n, modality):
    one, again, other = (modality(name).example(n, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert len(one) == len(set(digests(one))) == n
    assert content_hash(one) == content_hash(again) != content_hash(other)


def test_labels_of_examples_stand_for_what_differs(modality, rng):
    images, tables = (modality(name).example(60, rng) for name in ("image", "table"))
    assert ((images.data >= 192).all(axis=2).any(axis=(1, 2)) == (images.labels == 0)).all()
    assert ((tables.data["age"] > 50) == (tables.labels == 1)).all()
