"""A classifier whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest


def _confusing(labels, confusion, rng):
    k = len(confusion)
    return np.eye(k)[[rng.choice(k, p=confusion[label]) for label in labels]]


def _blurred(k, wrong):
    return np.full((k, k), wrong / (k - 1)) + np.eye(k) * (1 - wrong - wrong / (k - 1))


@pytest.fixture
def confusing():
    """Return the function that gives the probabilities of a classifier with a confusion matrix."""
    return _confusing


@pytest.fixture
def blurred():
    """Return the function that gives the confusion matrix of k labels, of which a share is confused."""
    return _blurred
