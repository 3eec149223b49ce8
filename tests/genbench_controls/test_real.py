"""The controls `held-out` and `train-copies`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_controls.real import held_out, train_copies

from genbench import Samples, Undefined

CONTROLS = [(held_out, "held_out"), (train_copies, "train")]


def pool(n=10):
    return Samples.of("vector", np.arange(n, dtype=np.float64)[:, None], np.arange(n) % 3)


@pytest.mark.parametrize(("control", "name"), CONTROLS)
def test_real_samples_are_drawn_once_each_with_their_labels(control, name):
    drawn = control(pool()).sample(7, rng=np.random.default_rng(0))
    assert len(set(drawn.data[:, 0])) == 7
    np.testing.assert_array_equal(drawn.labels, drawn.data[:, 0] % 3)
    assert drawn.space == pool().space


@pytest.mark.parametrize(("control", "name"), CONTROLS)
def test_all_of_them_can_be_drawn_and_no_more(control, name):
    sampler = control(pool())
    assert sampler.available == 10
    assert sorted(sampler.sample(10, rng=np.random.default_rng(0)).data[:, 0]) == list(range(10))
    with pytest.raises(Undefined, match=f"asked for 11 samples, {name} holds 10"):
        sampler.sample(11, rng=np.random.default_rng(0))


@pytest.mark.parametrize(("control", "name"), CONTROLS)
def test_the_draw_is_the_generators(control, name):
    one, same, other = (control(pool()).sample(5, rng=np.random.default_rng(s)).data for s in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("control", "name"), CONTROLS)
def test_texts_can_be_drawn_too(control, name):
    drawn = control(Samples.of("text", list("abc"))).sample(3, rng=np.random.default_rng(0))
    assert sorted(drawn.data) == ["a", "b", "c"]


@pytest.mark.parametrize(("control", "name"), CONTROLS)
def test_a_dataset_without_the_split_has_no_such_control(control, name):
    with pytest.raises(Undefined, match=f"the dataset has no split {name}"):
        control(None)
