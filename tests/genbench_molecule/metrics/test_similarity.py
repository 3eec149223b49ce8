"""SNN and internal diversity."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.metrics.similarity import internal_diversity, snn

RNG = np.random.default_rng(1)
FAKE = RNG.integers(0, 2**16, (40, 64)).astype(np.float32)


def test_copies_of_real_molecules_score_one():
    assert snn(FAKE, FAKE[::2]) == 1
    assert snn(FAKE[:10], FAKE) < 1


def test_snn_is_a_mean_over_the_fakes():
    one, two = np.zeros((1, 64), np.float32), np.zeros((1, 64), np.float32)
    one[0, 0], two[0, 0] = 0b11, 0b01
    assert snn(one, two) == 0.5
    assert snn(one, np.concatenate([one, two])) == 0.75


def test_a_collapse_has_no_diversity():
    assert internal_diversity(FAKE[[0] * 9]) == {"intdiv": 0, "intdiv2": 0}


def test_n_molecules_without_a_shared_bit_have_the_value_of_the_formula():
    fake = np.diag([1.0] * 8).astype(np.float32)
    found = internal_diversity(fake)
    assert found["intdiv"] == pytest.approx(1 - 1 / 8, abs=1e-12)
    assert found["intdiv2"] == pytest.approx(1 - np.sqrt(1 / 8), abs=1e-12)


def test_the_root_is_inside_the_mean_over_molecules():
    fake = np.array([[3, 0], [3, 0], [0, 1]], np.float32)
    found = internal_diversity(fake)
    assert found["intdiv"] == pytest.approx(1 - 5 / 9, abs=1e-12)
    assert found["intdiv2"] == pytest.approx(1 - (2 * np.sqrt(2 / 3) + np.sqrt(1 / 3)) / 3, abs=1e-12)


def test_the_order_does_not_count():
    shuffled = RNG.permutation(FAKE)
    assert internal_diversity(shuffled) == pytest.approx(internal_diversity(FAKE), abs=1e-12)
    assert snn(FAKE[:20], shuffled) == pytest.approx(snn(FAKE[:20], FAKE), abs=1e-12)
