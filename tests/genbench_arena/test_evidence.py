"""The e-process: its closed form, and that it is fair."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from genbench_arena.preference import log_evidence


def test_the_first_vote_says_nothing():
    assert log_evidence(1, 0) == pytest.approx(0, abs=1e-12)
    assert log_evidence(0, 1) == pytest.approx(0, abs=1e-12)


def test_both_sides_are_alike():
    assert log_evidence(np.array([2, 5]), np.array([1, 0])) == pytest.approx(
        log_evidence(np.array([1, 0]), np.array([2, 5]))
    )


@pytest.mark.parametrize("n", [1, 2, 5])
def test_its_mean_over_even_chances_is_one(n):
    """A fair bet: the mean over all sequences of n votes is 1, so it exceeds 20 in at most 1 of 20 series."""
    every = [np.exp(log_evidence(sum(wins), n - sum(wins))) for wins in product((0, 1), repeat=n)]
    assert np.mean(every) == pytest.approx(1)


def test_a_clear_preference_is_seen():
    assert np.exp(log_evidence(12, 0)) > 20
