"""The digits, the classifier that comes with genbench, and small ones that tests fit."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_image.classifiers.classifier import classifier
from genbench_image.classifiers.digits_classifier import digits_classifier
from genbench_image.classifiers.make_digits_classifier import thirds


@pytest.fixture(scope="session")
def parts():
    return thirds()


@pytest.fixture(scope="session")
def shipped():
    return digits_classifier()


@pytest.fixture(scope="session")
def fit():
    """Return a function that fits a classifier to labelled samples, in a few steps."""

    def fitted(samples, steps=20, seed=0, log=lambda *_, **__: None):
        rng = np.random.default_rng(seed)
        return classifier(samples, samples.labels, steps=steps, rng=rng, device="cpu", log=log)

    return fitted


@pytest.fixture(scope="session")
def bits():
    """Return a function of a network to its weights, bit for bit."""
    return lambda net: [(name, tensor.numpy().tobytes()) for name, tensor in net.state_dict().items()]
