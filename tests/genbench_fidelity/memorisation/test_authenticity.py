"""Authenticity: copies, fresh samples and junk."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.memorisation.authenticity import authenticity
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from genbench.core.errors import Undefined

GRIDS = stn.arrays(np.float64, (9, 2), elements=st.integers(-2, 2).map(float))


@settings(max_examples=60)
@given(GRIDS, GRIDS)
def test_it_is_the_definition_written_out(train, fake):
    between = np.square(fake[:, None] - train[None]).sum(axis=2)
    own = np.square(train[:, None] - train[None]).sum(axis=2)
    np.fill_diagonal(own, np.inf)
    expected = (own.min(axis=1)[between.argmin(axis=1)] < between.min(axis=1)).mean()
    assert authenticity(train, fake) == pytest.approx(100 * expected, rel=1e-12)


@pytest.mark.parametrize("offset", [0, 20, 1e4])
def test_copies_score_zero_far_from_the_origin_too(offset, rng):
    train = (5 * rng.standard_normal((300, 64)) + offset).astype(np.float32)
    assert authenticity(train, rng.permutation(train)) == 0
    assert authenticity(train, train + np.float32(1e-3)) == 0


def test_half_copies_score_half_of_fresh_samples(rng):
    train, fresh = rng.standard_normal((400, 5)), rng.standard_normal((200, 5))
    clean = authenticity(train, fresh)
    assert 40 < clean < 80
    assert authenticity(train, np.concatenate([fresh, train[:200]])) == pytest.approx(clean / 2)


def test_junk_is_all_authentic(rng):
    assert authenticity(rng.standard_normal((100, 5)), rng.standard_normal((30, 5)) + 100) == 100


def test_equal_distances_are_not_authentic():
    train = np.array([[0.0], [1.0]])
    assert authenticity(train, np.array([[-1.0], [-1.0]])) == 0
    assert authenticity(train, np.array([[-1.1], [-1.1]])) == 100


def test_order_changes_nothing(rng):
    train, fake = rng.standard_normal((2, 120, 4))
    expected = authenticity(train, fake)
    assert authenticity(rng.permutation(train), rng.permutation(fake)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "m", "side"), [(1, 5, "train has 1"), (5, 0, "fake has 0"), (5, 1, "fake has 1")]
)
def test_too_few_samples_are_named(n, m, side):
    with pytest.raises(Undefined, match=side):
        authenticity(np.zeros((n, 3)), np.zeros((m, 3)))
