"""Tables and clusters from which learners learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def tables():
    """Return the rows and labels on which a reference value of a learner is known."""
    with np.load(Path(__file__).parents[1] / "data" / "tables.npz") as stored:
        return dict(stored)


@pytest.fixture
def clusters(rng):
    """Return a function of n that draws three well separated classes: rows and labels."""

    def draw(n, shift=0.0):
        labels = np.arange(n) % 3
        return 4 * np.eye(3)[labels] + shift + rng.standard_normal((n, 3)), labels

    return draw
