from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

TOYS = Path(__file__).parents[2] / "toy_plugins"


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))


@pytest.fixture
def measured_plugin(site):
    """Install metrics with and without a value, and an extractor."""
    site.add("measured-plugin", (TOYS / "measured_plugin.py").read_text())


@pytest.fixture
def presets(site):
    """Install an extractor with protocols, and return its source."""
    source = (TOYS / "presets_plugin.py").read_text()
    site.add("presets", source)
    return source


@pytest.fixture
def real():
    return np.random.default_rng(5).normal(size=(60, 3))


@pytest.fixture
def fake():
    return np.random.default_rng(6).normal(size=(50, 3)) + 1.0


@pytest.fixture
def images():
    return np.random.default_rng(7).integers(0, 256, (40, 8, 8, 1), np.uint8)


@pytest.fixture
def others():
    """Darker images of the same shape."""
    return np.random.default_rng(8).integers(0, 128, (40, 8, 8, 1), np.uint8)
