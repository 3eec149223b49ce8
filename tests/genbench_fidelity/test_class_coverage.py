"""Modes and reverse KL: closed forms, the threshold, and classes that the real data lack."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.class_coverage import class_coverage

from genbench.errors import Undefined


@pytest.fixture
def found(one_hot):
    """Return a function from counts by class, real and fake, to (modes, reverse-kl)."""

    def call(real, fake, **options):
        sides = (one_hot(np.repeat(np.arange(len(counts)), counts), len(counts)) for counts in (real, fake))
        scores = class_coverage(*sides, **options)
        return scores["modes"].value, scores["reverse-kl"].value

    return call


def test_equal_shares_reach_every_class_at_no_divergence(found):
    assert found([10, 20, 30], [2, 4, 6]) == (3, 0)


def test_collapse_onto_one_of_k_even_classes_costs_log_k(found):
    modes, divergence = found([10] * 5, [0, 0, 50, 0, 0])
    assert modes == 1
    assert divergence == pytest.approx(np.log(5), rel=1e-12)


def test_the_divergence_is_of_the_fakes_from_the_real_and_in_nats(found):
    expected = 0.5 * np.log(0.5 / 0.8) + 0.5 * np.log(0.5 / 0.2)
    assert found([80, 20], [50, 50])[1] == pytest.approx(expected, rel=1e-12)
    assert found([50, 50], [80, 20])[1] != pytest.approx(expected, rel=1e-3)


def test_a_threshold_keeps_slips_from_counting_as_modes(found):
    assert found([30, 30, 30], [80, 9, 1])[0] == 3
    assert found([30, 30, 30], [80, 9, 1], min_count=5)[0] == 2


def test_a_missed_class_costs_nothing_by_itself(found):
    assert found([99, 1], [50, 0])[1] == pytest.approx(np.log(1 / 0.99), rel=1e-12)


def test_fakes_in_a_class_without_real_samples_leave_it_undefined(found):
    with pytest.raises(Undefined, match="7 fakes fall into 1 classes that none of the 20 real"):
        found([10, 10, 0], [5, 5, 7])


def test_it_says_how_many_classes_the_real_samples_have(one_hot):
    real = one_hot(np.arange(6) % 3, 5)
    assert class_coverage(real, real)["modes"].extra == {"of": 3}


def test_a_sample_belongs_to_its_likeliest_class():
    real = np.array([[0.6, 0.4], [0.4, 0.6]])
    fake = np.array([[0.9, 0.1], [0.51, 0.49]])
    assert class_coverage(real, fake)["modes"].value == 1


def test_it_needs_a_sample_on_each_side(one_hot):
    with pytest.raises(Undefined, match="fake has 0"):
        class_coverage(one_hot([0, 1], 2), np.zeros((0, 2)))
