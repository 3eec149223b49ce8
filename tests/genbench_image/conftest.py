"""Fixtures for the image plugins."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def random_inception():
    """The functions of benchmarks/random_inception.py, by name."""
    return runpy.run_path(str(ROOT / "benchmarks" / "random_inception.py"))


@pytest.fixture(scope="session")
def inception_weights(random_inception, tmp_path_factory):
    """A file of random Inception weights in torch-fidelity's format."""
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    random_inception["write"](path)
    return path
