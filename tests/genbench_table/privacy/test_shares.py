"""Shares of fakes that are closer to training rows."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.privacy.tabsyn_dcr import closer_share, even_share


def test_a_tie_counts_as_told():
    to_train, to_unseen = np.array([0.0, 1.0, 2.0, 2.0]), np.array([1.0, 1.0, 1.0, 2.0])
    assert closer_share(to_train, to_unseen, tie=0.0) == 0.25
    assert closer_share(to_train, to_unseen, tie=0.5) == 0.5


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_with_equal_sizes_a_share_stays(share):
    assert even_share(share, 70, 70) == pytest.approx(share)


def test_what_chance_gives_becomes_a_half_and_copies_stay_1():
    assert even_share(300 / 400, 300, 100) == pytest.approx(0.5)
    assert even_share(1.0, 300, 100) == 1.0
    assert even_share(0.0, 300, 100) == 0.0


def test_chance_gives_a_half_for_unequal_sizes():
    """Points of one law: the closest is of train as often as its size says; 4,000 draws vary by 0.008."""
    rng = np.random.default_rng(0)
    train, unseen, fakes = (
        rng.uniform(size=(4000, 30)),
        rng.uniform(size=(4000, 10)),
        rng.uniform(size=(4000, 1)),
    )
    nearest = [np.abs(side - fakes).min(axis=1) for side in (train, unseen)]
    assert even_share(closer_share(*nearest, tie=0.5), 30, 10) == pytest.approx(0.5, abs=0.03)
