"""The choice of samples that a gallery shows."""

from __future__ import annotations

import numpy as np
import pytest

from genbench.core.samples import Samples
from genbench.results.galleries import MOST_SHOWN, Slot, assign_slots, choose_positions


def samples(labels, classes=(), n=None):
    n = len(labels) if n is None else n
    return Samples.of("vector", np.arange(float(n))[:, None], labels, classes=classes)


@pytest.mark.parametrize("n", [0, 3, 8, 100])
def test_without_labels_the_first_eight_are_shown(n):
    assert choose_positions(samples(None, n=n)) == list(range(min(n, 8)))


@pytest.mark.parametrize(("classes", "each"), [(1, 4), (2, 4), (5, 4), (6, 3), (10, 2), (11, 1), (20, 1)])
def test_each_class_shows_its_first_few_samples(classes, each):
    labels = np.tile(np.arange(classes), 6)
    shown = choose_positions(samples(labels))
    assert len(shown) == classes * each <= MOST_SHOWN
    assert sorted(shown) == list(range(classes * each))


def test_the_first_of_each_class_comes_before_the_second_of_any():
    assert choose_positions(samples([1, 1, 1, 0, 1, 2, 0])) == [3, 0, 5, 6, 1, 2, 4]


def test_of_a_thousand_named_classes_the_same_twenty_are_shown_by_every_generator():
    names, rng = [f"class {number}" for number in range(1000)], np.random.Generator(np.random.PCG64(1))
    rich = samples(rng.permutation(np.repeat(np.arange(1000), 3)), names)
    poor = samples(np.arange(0, 1000, 100), names)  # a generator that has lost most classes
    shown = [[int(each.labels[number]) for number in choose_positions(each)] for each in (rich, poor)]
    assert shown == [list(range(0, 1000, 50)), list(range(0, 1000, 100))]


def test_of_many_labels_without_names_the_lowest_are_shown():
    labels = np.arange(1000)[::-1]
    assert sorted(labels[choose_positions(samples(labels))]) == list(range(20))


def test_labels_beyond_the_named_classes_are_left_out():
    assert choose_positions(samples([7, -1, 1, 0], ("a", "b"))) == [3, 2]


def test_slots_count_within_a_class():
    assert assign_slots([5, 3, 5], 3) == [Slot(5, 0), Slot(3, 0), Slot(5, 1)]
    assert assign_slots(None, 2) == [Slot(None, 0), Slot(None, 1)]
