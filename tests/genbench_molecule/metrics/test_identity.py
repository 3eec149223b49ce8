"""Uniqueness and novelty."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.text_numbers import numbers
from genbench_molecule.metrics.identity import novelty, uniqueness

from genbench import Undefined

EMPTY = np.zeros((0, 3), np.float32)


def test_uniqueness_counts_different_molecules():
    assert uniqueness(numbers("aabc")) == 0.75
    assert uniqueness(numbers("abcd")) == 1
    assert uniqueness(numbers("a" * 100)) == 0.01


def test_only_the_first_k_count():
    fake = numbers("aabcd")
    assert [uniqueness(fake, k=k) for k in (1, 2, 4, 5)] == [1, 0.5, 0.75, 0.8]


def test_uniqueness_needs_k_molecules():
    with pytest.raises(Undefined, match=r"needs 3 valid fakes, there are 2; make more or"):
        uniqueness(numbers("ab"), k=3)


def test_novelty_is_that_of_the_different_fakes():
    assert novelty(numbers("ab"), numbers("aaac")) == 0.5
    assert novelty(numbers("ab"), numbers("ba")) == 0
    assert novelty(numbers("ab"), numbers("cde")) == 1
    assert novelty(EMPTY, numbers("c")) == 1
