"""Clouds that the tests of metrics on point clouds share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from genbench_points.set_metrics.clouds import prepare

from genbench import Samples

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def data():
    """Return the folder of stored clouds and reference values."""
    return DATA


@pytest.fixture(scope="session")
def samples_of():
    """Return the function that gives arrays (points, d) as samples."""
    return lambda clouds: Samples.of("points", [np.asarray(cloud, np.float32) for cloud in clouds])


@pytest.fixture(scope="session")
def given(samples_of):
    """Return the function that gives a set of the stored clouds, `identical` being the reference itself."""
    with np.load(DATA / "inputs_clouds.npz") as archive:
        sets = {name: archive[name] for name in archive.files}
    return lambda name: samples_of(sets["ref" if name == "identical" else name])


@pytest.fixture
def sides(rng):
    """Return the function that gives two sides as metrics compare them."""

    def prepared(real, fake, normalise="none", points=None):
        return prepare(real, fake, protocol="pointflow", normalise=normalise, points=points, rng=rng)

    return prepared


@pytest.fixture
def random_clouds(rng, samples_of):
    """Return the function that makes n clouds of normal points, of some sizes in turn."""

    def make(n, *sizes, dimensions=3, shift=0.0):
        return samples_of(
            rng.normal(size=(sizes[number % len(sizes)], dimensions)) + shift for number in range(n)
        )

    return make


@pytest.fixture
def reordered(rng, samples_of):
    """Return the function that gives samples with their clouds, and the points of each, in another order."""
    return lambda found: samples_of(
        rng.permutation(found.data[number]) for number in rng.permutation(len(found))
    )


@pytest.fixture
def moved(rng, samples_of):
    """Return the function that turns and shifts all clouds alike, the same at each call."""
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return lambda found: samples_of(cloud @ turn + (1.0, -2.0, 0.5) for cloud in found.data)


@pytest.fixture
def numbers():
    """Return the function that gives the values of scores by name."""
    return lambda scores: {name: score.value for name, score in scores.items()}
