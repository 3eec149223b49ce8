"""Fixtures for the image plugins."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Threads change the bits of what is learnt, and cost more than they save in networks this small.

    For the session, since fixtures of modules work too; what a test sets it has to put back.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
