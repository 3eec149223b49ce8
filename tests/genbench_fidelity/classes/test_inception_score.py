"""Inception score: closed forms and bounds; the shuffle and the splits are tested against torch-fidelity."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.classes.inception_score import inception_score
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.core.errors import Undefined


@pytest.mark.parametrize("k", [2, 5, 10])
def test_sure_predictions_spread_evenly_score_the_number_of_classes(k, one_hot):
    assert inception_score(one_hot(np.arange(20 * k) % k, k), splits=1).value == pytest.approx(k, rel=1e-12)


def test_collapse_onto_one_class_scores_one(one_hot):
    assert inception_score(one_hot(np.zeros(100, int), 10)).value == 1


def test_unsure_predictions_score_one():
    assert inception_score(np.full((100, 10), 0.1, np.float32)).value == pytest.approx(1, abs=1e-6)


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(20, 40), st.integers(0, 2**32 - 1))
def test_it_stays_between_one_and_the_number_of_classes(k, n, seed):
    p = np.random.default_rng(seed).dirichlet(np.full(k, 0.3), n)
    assert 1 <= inception_score(p).value <= k * (1 + 1e-12)


def test_no_sample_is_lost_where_splits_do_not_divide_n(one_hot):
    order = np.random.RandomState(2020).permutation(23)
    classes = np.zeros(23, int)
    classes[order[-1]] = 1
    assert inception_score(one_hot(classes, 2)).value > 1


def test_the_spread_is_the_deviation_of_the_splits_themselves(one_hot):
    """Of two splits one has one class and scores 1, the other five, evenly, and scores 5."""
    classes = np.concatenate([np.zeros(10, int), np.arange(10) % 5])
    found = inception_score(one_hot(classes, 5), splits=2, shuffle=False)
    assert (found.value, found.extra["spread"]) == pytest.approx((3, 2), rel=1e-12)  # divisor 2, and not 1


def test_fewer_than_two_samples_a_split_are_named(one_hot):
    with pytest.raises(Undefined, match="splits = 10 needs at least 20 samples; fake has 19"):
        inception_score(one_hot(np.zeros(19, int), 2))


def test_without_a_shuffle_the_order_of_the_samples_decides_the_splits(one_hot):
    classes = np.repeat(np.arange(10), 10)
    assert inception_score(one_hot(classes, 10), splits=10, shuffle=False).value == pytest.approx(1)
    assert inception_score(one_hot(classes, 10), splits=10).value > 4
