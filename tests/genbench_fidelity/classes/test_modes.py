"""Modes: counts, the threshold, and classes that the real data lack."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.classes.modes import modes

from genbench.core.errors import Undefined


@pytest.fixture
def found(one_hot):
    """Return a function from counts by class, real and fake, to the number of modes."""

    def call(real, fake, **options):
        sides = (one_hot(np.repeat(np.arange(len(counts)), counts), len(counts)) for counts in (real, fake))
        return modes(*sides, **options).value

    return call


def test_equal_shares_reach_every_class(found):
    assert found([10, 20, 30], [2, 4, 6]) == 3


def test_a_collapse_onto_one_class_reaches_one(found):
    assert found([10] * 5, [0, 0, 50, 0, 0]) == 1


def test_a_threshold_keeps_slips_from_counting_as_modes(found):
    assert found([30, 30, 30], [80, 9, 1]) == 3
    assert found([30, 30, 30], [80, 9, 1], min_count=5) == 2


def test_a_stray_fake_in_a_class_without_real_samples_leaves_it_defined(found):
    assert found([10, 10, 0], [5, 5, 1]) == 3
    assert found([10, 10, 0], [5, 5, 1], min_count=2) == 2


def test_it_says_how_many_classes_the_real_samples_have(one_hot):
    real = one_hot(np.arange(6) % 3, 5)
    assert modes(real, real).extra == {"of": 3}


def test_a_sample_belongs_to_its_likeliest_class():
    real = np.array([[0.6, 0.4], [0.4, 0.6]])
    fake = np.array([[0.9, 0.1], [0.51, 0.49]])
    assert modes(real, fake).value == 1


def test_one_fake_is_one_mode(one_hot):
    assert modes(one_hot([0, 1], 2), one_hot([1], 2)).value == 1


def test_it_needs_a_sample_on_each_side(one_hot):
    with pytest.raises(Undefined, match=r"modes needs .* fake has 0"):
        modes(one_hot([0, 1], 2), np.zeros((0, 2)))
