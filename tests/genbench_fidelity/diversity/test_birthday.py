"""The birthday paradox: known supports, collapse, copies, and no pair at all."""

from __future__ import annotations

import math

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.diversity.birthday import birthday, collision_probability, half_batch
from hypothesis import given
from hypothesis import strategies as st

from genbench.core.errors import Undefined


def drawn(rng, support, n):
    """Return n of so many things, each as likely."""
    return rng.integers(support, size=(n, 1)) * np.array([[1.0, 0.0, 0.0]])


@given(st.integers(1, 60), st.floats(1, 1e5))
def test_a_collision_has_the_probability_of_the_product(batch, support):
    expected = 1 - math.prod(max(0.0, 1 - i / support) for i in range(batch))
    assert collision_probability(batch, support) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("support", [1, 1.5, 2, 3.7, 10, 365, 1e4, 3.3e8])
def test_the_half_batch_is_the_least_that_reaches_a_half(support):
    batch = half_batch(support)
    assert collision_probability(batch - 1, support) < 0.5 <= collision_probability(batch, support)


def test_twenty_three_people_are_the_half_batch_of_a_year():
    assert half_batch(365) == 23


def test_the_support_is_the_number_of_pairs_for_each_pair_that_collides():
    fake = np.array([[0.0], [0.0], [1.0], [2.0]])
    found = birthday(fake, fake, threshold=0.0)
    assert (found.extra["pairs"], found.extra["collision"]) == (1, 6)  # of 4 * 3 / 2
    assert found.extra["batch"] == 4  # 1 - 5/6 * 4/6 < 1/2 <= 1 - 5/6 * 4/6 * 3/6
    assert found.value == 16


@pytest.mark.parametrize("support", [30, 300, 3000])
def test_a_known_support_is_found(support, rng):
    found = birthday(drawn(rng, support, 2000), drawn(rng, support, 2000), threshold=0.0)
    assert found.extra["collision"] == pytest.approx(support, rel=0.15)
    assert found.value == pytest.approx(2 * math.log(2) * support, rel=0.25)
    assert found.value == found.extra["batch"] ** 2


def test_uneven_odds_count_for_less(rng):
    odds = np.repeat([0.5 / 10, 0.5 / 1000], [10, 1000])
    fake = rng.choice(1010, 3000, p=odds)[:, None].astype(float)
    assert birthday(fake, fake, threshold=0.0).extra["collision"] == pytest.approx(
        1 / np.sum(odds**2), rel=0.1
    )


@pytest.mark.parametrize("rows", [32, 1024])
def test_pairs_are_those_within_the_quantile_of_real_distances(rows, rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    real, fake = rng.standard_normal((2, 150, 3))
    own, gaps = (np.sqrt(np.square(x[:, None] - x).sum(axis=2)) for x in (real, fake))
    np.fill_diagonal(own, np.inf)
    limit = np.sort(own.min(axis=1))[15 - 1]
    found = birthday(real, fake, alpha=0.1)
    assert found.extra["threshold"] == pytest.approx(limit, rel=1e-12)
    i, j = np.nonzero(np.triu(gaps <= limit, k=1))
    assert found.extra["pairs"] == len(i)
    shown = {(a, b): gap for a, b, gap in found.extra["closest"]}
    assert {pair: pytest.approx(gaps[pair]) for pair in shown} == shown
    assert set(shown) <= set(zip(i.tolist(), j.tolist(), strict=True))
    assert min(shown.values()) == pytest.approx(gaps[i, j].min())
    assert len(shown) <= 10


def test_real_samples_have_the_estimate_that_is_promised_for_them(rng):
    real = rng.standard_normal((500, 4))
    found = birthday(real, real)
    assert found.value == found.extra["real"]
    low = 500 * math.log(2) / 0.05
    assert 0.9 * low < found.value < 2.2 * low


def test_collapse_is_seen_and_copies_are_not(rng):
    real, fresh = rng.standard_normal((2, 400, 4))
    usual = birthday(real, fresh).value
    assert birthday(real, fresh[rng.integers(10, size=400)]).value < usual / 50
    assert birthday(real, real).value > usual / 4


def test_the_shown_pairs_of_equal_fakes_are_pairs_of_two(rng):
    fake = np.repeat(rng.standard_normal((2, 3)), 4, axis=0)
    closest = birthday(fake, fake, threshold=0.0).extra["closest"]
    assert closest
    assert all(i != j and distance == 0 and i // 4 == j // 4 for i, j, distance in closest)


def test_one_fake_over_and_over_has_the_least_support():
    found = birthday(np.eye(3), np.ones((5, 3)), threshold=0.0)
    assert (found.value, found.extra["collision"], found.extra["real"]) == (4, 1, None)


def test_copies_are_pairs_far_from_the_origin_too(rng):
    fake = (5 * rng.standard_normal((100, 64)) + 1e4).astype(np.float32)
    twice = np.concatenate([fake, fake])
    assert birthday(twice, twice, threshold=0.0).extra["pairs"] == 100


def test_without_a_pair_there_is_only_a_bound(rng):
    real = rng.standard_normal((100, 3))
    with pytest.raises(Undefined, match=r"no two of the 30 fakes .* larger than about 30\^2 = 900"):
        birthday(real, 100 * rng.standard_normal((30, 3)))


@pytest.mark.parametrize(("n", "m", "side"), [(1, 50, "real has 1"), (50, 1, "fake has 1")])
def test_one_sample_has_no_pair(n, m, side, rng):
    with pytest.raises(Undefined, match=side):
        birthday(rng.standard_normal((n, 3)), rng.standard_normal((m, 3)))


def test_a_quantile_below_the_first_real_sample_is_refused(rng):
    with pytest.raises(Undefined, match=r"0\.05-quantile .* at least 20 real samples; there are 19"):
        birthday(rng.standard_normal((19, 3)), rng.standard_normal((50, 3)))
