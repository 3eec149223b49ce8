"""Bins of the training data: fresh samples, missing modes, copies."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.diversity.ndb import are_different, ndb

from genbench.core.errors import Invalid, Undefined


def modes(rng, count, n, spread=0.05):
    return 10.0 * rng.integers(count, size=(n, 1)) + spread * rng.standard_normal((n, 3))


def test_fresh_samples_differ_in_about_as_many_bins_as_the_level_says(rng):
    train, fake = rng.standard_normal((2, 4000, 3))
    found = ndb(train, fake, bins=50, rng=rng)
    assert found["ndb"].extra == {"share": found["ndb"].value / 50, "expected": 2.5}
    assert found["ndb"].value <= 8
    assert found["jsd"].value == pytest.approx(found["jsd"].extra["expected"], rel=0.5)
    assert found["jsd"].extra["expected"] == 49 * (1 / 4000 + 1 / 4000) / 8


def test_missing_modes_are_seen(rng):
    train = modes(rng, 10, 3000)
    all_modes, half = modes(rng, 10, 1000), modes(rng, 5, 1000)
    kept, lost = (ndb(train, fake, bins=10, rng=np.random.default_rng(0)) for fake in (all_modes, half))
    assert lost["ndb"].value >= 9 > kept["ndb"].value
    assert lost["jsd"].value == pytest.approx(0.216, abs=0.02)  # of 10 equal bins against 5 of them
    assert kept["jsd"].value < 0.01


def test_copies_come_closest_to_nought(rng):
    train = rng.standard_normal((500, 4))
    found = ndb(train, rng.permutation(train), bins=20, rng=rng)
    assert (found["ndb"].value, found["jsd"].value) == (0, 0)


def test_a_stricter_level_finds_no_more_bins(rng):
    first, second = rng.integers(1, 60, (2, 100))
    found = [are_different(first, second, alpha=alpha).sum() for alpha in (0.3, 0.05, 0.001)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[2]


def test_the_same_seed_gives_the_same_bins(rng):
    train, fake = rng.standard_normal((2, 400, 5))
    first, again = (ndb(train, fake, bins=30, rng=np.random.default_rng(3)) for _ in range(2))
    assert first == again


def test_the_order_of_the_fakes_changes_nothing(rng):
    train, fake = rng.standard_normal((2, 300, 5))
    first, again = (ndb(train, side, bins=30, rng=np.random.default_rng(3))
                    for side in (fake, rng.permutation(fake)))  # fmt: skip
    assert first == again


def test_read_only_float32_is_left_as_it_is(rng):
    train, fake = rng.standard_normal((2, 200, 5)).astype(np.float32)
    for side in (train, fake):
        side.setflags(write=False)
    assert ndb(train, fake, bins=10, rng=rng)["ndb"].value <= 10


@pytest.mark.parametrize(("n", "m", "side"), [(99, 200, "train has 99"), (200, 1, "fake has 1")])
def test_fewer_samples_than_bins_are_named(n, m, side, rng):
    with pytest.raises(Undefined, match=f"100 bins needs at least 100 samples; {side}"):
        ndb(rng.standard_normal((n, 3)), rng.standard_normal((m, 3)), rng=rng)


def test_identical_training_samples_have_no_bins(rng):
    with pytest.raises(Undefined, match="2 cells needs at least 2 different training samples; there are 1"):
        ndb(np.ones((50, 3)), rng.standard_normal((50, 3)), bins=2, rng=rng)


def test_features_that_are_not_finite_are_refused(rng):
    with pytest.raises(Invalid, match="on the side fake"):
        ndb(np.ones((5, 3)), np.full((5, 3), np.nan), bins=2, rng=rng)


@pytest.mark.parametrize("power", [-100, 100])
def test_the_unit_of_float32_features_changes_nothing(power, rng):
    train, fake = rng.standard_normal((2, 300, 6)).astype(np.float32)
    plain, scaled = (
        ndb(np.ldexp(train, scale), np.ldexp(fake + 5, scale), bins=20, rng=np.random.default_rng(1))
        for scale in (0, power)
    )
    assert plain == scaled
    assert plain["ndb"].value > 15
