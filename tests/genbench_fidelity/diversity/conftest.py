"""The images on which reference values are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def images():
    """Return the four images (4, 192, 192, 3), read-only."""
    with np.load(Path(__file__).parents[1] / "data" / "images.npz") as stored:
        found = stored["imgs"]
    found.setflags(write=False)
    return found
