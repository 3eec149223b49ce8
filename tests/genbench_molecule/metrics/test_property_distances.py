"""Wasserstein distances of properties."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.metrics import SPECS
from genbench_molecule.metrics.property_distances import DISTANCES, property_distances

REAL = np.random.default_rng(0).normal(size=(50, 5)).astype(np.float32)


def test_a_shift_is_its_distance():
    shift = np.array([0.5, -1, 0, 20, 2], np.float32)
    found = property_distances(REAL, REAL + shift)
    assert list(found.values()) == pytest.approx(np.abs(shift), abs=1e-5)  # sums of float32


def test_the_same_molecules_in_another_number_score_zero():
    found = property_distances(REAL, np.tile(REAL, (2, 1))[::-1])
    assert list(found.values()) == pytest.approx([0] * 5, abs=1e-12)


def test_each_distance_is_an_output():
    (spec,) = [spec for spec in SPECS if spec.name == "property-distances"]
    assert tuple(output.name for output in spec.outputs) == DISTANCES
