"""Reverse KL: closed forms, and classes that the real data lack."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.classes.reverse_kl import reverse_kl

from genbench.core.errors import Undefined


@pytest.fixture
def found(one_hot):
    """Return a function from counts by class, real and fake, to the divergence."""

    def call(real, fake):
        sides = (one_hot(np.repeat(np.arange(len(counts)), counts), len(counts)) for counts in (real, fake))
        return reverse_kl(*sides)

    return call


def test_equal_shares_have_no_divergence(found):
    assert found([10, 20, 30], [2, 4, 6]) == 0


def test_collapse_onto_one_of_k_even_classes_costs_log_k(found):
    assert found([10] * 5, [0, 0, 50, 0, 0]) == pytest.approx(np.log(5), rel=1e-12)


def test_the_divergence_is_of_the_fakes_from_the_real_and_in_nats(found):
    expected = 0.5 * np.log(0.5 / 0.8) + 0.5 * np.log(0.5 / 0.2)
    assert found([80, 20], [50, 50]) == pytest.approx(expected, rel=1e-12)
    assert found([50, 50], [80, 20]) != pytest.approx(expected, rel=1e-3)


def test_a_missed_class_costs_nothing_by_itself(found):
    assert found([99, 1], [50, 0]) == pytest.approx(np.log(1 / 0.99), rel=1e-12)


def test_fakes_in_a_class_without_real_samples_leave_it_undefined(found):
    with pytest.raises(Undefined, match="7 fakes fall into 1 classes that none of the 20 real"):
        found([10, 10, 0], [5, 5, 7])


def test_a_sample_belongs_to_its_likeliest_class():
    real = np.array([[0.6, 0.4], [0.4, 0.6]])
    fake = np.array([[0.9, 0.1], [0.51, 0.49]])
    assert reverse_kl(real, fake) == pytest.approx(np.log(2), rel=1e-12)


@pytest.mark.parametrize("fakes", [[], [0]])
def test_it_needs_two_samples_on_each_side(fakes, one_hot):
    with pytest.raises(Undefined, match=f"reverse-kl needs at least 2 samples; fake has {len(fakes)}"):
        reverse_kl(one_hot([0, 1], 2), one_hot(np.array(fakes, int), 2))
