"""Near-copies of training samples: copies, fresh samples, noise."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.memorisation.near_duplicates import near_duplicates
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from genbench.core.errors import Invalid, Undefined

GRIDS = stn.arrays(np.float64, (9, 2), elements=st.integers(-3, 3).map(float))


@settings(max_examples=60)
@given(GRIDS, GRIDS, GRIDS)
def test_it_is_the_definition_written_out(real, fake, train):
    usual, found = (np.square(x[:, None] - train).sum(axis=2).min(axis=1) for x in (real, fake))
    expected = (found <= np.sort(usual)[4 - 1]).mean()
    assert near_duplicates(real, fake, train, alpha=4 / 9).value == pytest.approx(expected)


def test_fresh_samples_score_about_alpha_and_real_ones_just_that(rng):
    real, fake, train = rng.standard_normal((3, 1000, 5))
    assert near_duplicates(real, fake, train).value == pytest.approx(0.05, abs=0.03)
    found = near_duplicates(real, real, train)
    assert found.value == found.extra["expected"] == 0.05


@pytest.mark.parametrize("offset", [0, 1e4])
def test_copies_score_one_far_from_the_origin_too(offset, rng):
    real, train = (5 * rng.standard_normal((2, 300, 64)) + offset).astype(np.float32)
    assert near_duplicates(real, rng.permutation(train), train).value == 1
    assert near_duplicates(real, train + np.float32(1e-2), train).value == 1
    assert near_duplicates(real, train, train, threshold=0.0).value == 1
    assert near_duplicates(real, train + np.float32(1e-2), train, threshold=0.0).value == 0


def test_the_share_of_copies_is_found(rng):
    real, fresh, train = rng.standard_normal((3, 400, 20))
    fake = np.concatenate([train[:100] + 1e-3, fresh[:300]])
    assert near_duplicates(real, fake, train, alpha=0.01).value == pytest.approx(0.25, abs=0.03)


def test_noise_scores_nought_and_so_is_no_winner(rng):
    real, fake, train = rng.standard_normal((3, 100, 5))
    assert near_duplicates(real, 100 * fake, train).value == 0


def test_a_threshold_is_in_the_unit_of_the_features():
    train, fake = np.zeros((1, 2)), np.array([[3.0, 4.0], [3.1, 4.0]])
    found = near_duplicates(train, fake, train, threshold=5.0)
    assert (found.value, found.extra["threshold"], found.extra["expected"]) == (0.5, 5.0, 1.0)


def test_too_few_real_samples_for_the_quantile_are_named(rng):
    with pytest.raises(Undefined, match="at least 20 real samples; there are 19"):
        near_duplicates(*(rng.standard_normal((n, 3)) for n in (19, 50, 50)))


@pytest.mark.parametrize(
    ("sizes", "side"),
    [
        ((0, 5, 5), "real has 0"),
        ((5, 0, 5), "fake has 0"),
        ((5, 5, 0), "train has 0"),
        ((5, 1, 5), "fake has 1"),
    ],
)
def test_a_side_that_is_too_small_is_named(sizes, side):
    with pytest.raises(Undefined, match=side):
        near_duplicates(*(np.zeros((n, 3)) for n in sizes))


def test_features_of_two_widths_are_refused():
    with pytest.raises(Invalid, match="one width"):
        near_duplicates(np.zeros((5, 3)), np.zeros((5, 2)), np.zeros((5, 3)))
