"""Changes that should not move a score."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng

from genbench import Samples
from genbench.checks.battery.faults import BATCH, INVARIANCES, draw_fewer, shuffle

N = 100
REAL = Samples.of("vector", np.arange(N, dtype=float)[:, None], np.arange(N) % 10)


def values(samples):
    return samples.data[:, 0]


def test_fewer_are_some_of_the_samples():
    found = draw_fewer(REAL, 0.25, default_rng(0))
    assert len(np.unique(values(found))) == 25
    assert np.array_equal(found.labels, REAL.labels[values(found).astype(int)])
    assert len(draw_fewer(REAL, 0.001, default_rng(0))) == 1


def test_another_order_holds_the_same_samples_with_their_labels():
    found = shuffle(REAL, default_rng(0))
    assert values(found).tolist() != values(REAL).tolist()
    assert sorted(values(found)) == values(REAL).tolist()
    assert np.array_equal(found.labels, REAL.labels[values(found).astype(int)])


def test_fewer_samples_are_fakes_alone_and_another_order_is_of_all_sides():
    (_, smaller), (order,), (batch,) = INVARIANCES.values()
    sides = {"real": REAL, "fake": REAL}
    found = smaller.plant(sides, None, default_rng(0), "cpu")
    assert [len(found[side]) for side in sides] == [N, N // 4]
    found = order.plant(sides, None, default_rng(0), "cpu")
    assert all(values(found[side]).tolist() != values(REAL).tolist() for side in sides)
    assert batch.plant(sides, None, default_rng(0), "cpu") is sides
    assert batch.batch == BATCH
