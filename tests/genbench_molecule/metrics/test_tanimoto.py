"""Tanimoto similarities by blocks."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.descriptors.rows import pack_bits
from genbench_molecule.metrics import tanimoto
from genbench_molecule.metrics.tanimoto import mean_powers, nearest, nearest_other, unpack_bits

RNG = np.random.default_rng(0)
BITS = RNG.random((23, 96)) < RNG.random((23, 1)) * 0.4
BITS[5] = False
BITS[9] = BITS[2]
OTHER = RNG.random((17, 96)) < 0.2


def words(bits):
    return unpack_bits(np.stack([pack_bits(row.astype(np.uint8)) for row in bits]))


def plain(x, y):
    both = (x[:, None] & y).sum(axis=2)
    either = (x[:, None] | y).sum(axis=2)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


@pytest.fixture(params=[(32, 4096), (3, 5)], ids=["one block", "blocks"], autouse=True)
def sizes(request, monkeypatch):
    monkeypatch.setattr(tanimoto, "_ROWS", request.param[0])
    monkeypatch.setattr(tanimoto, "_COLUMNS", request.param[1])


def test_the_nearest_is_that_of_the_definition():
    assert nearest(words(BITS), words(OTHER)).tolist() == plain(BITS, OTHER).max(axis=1).tolist()


def test_the_nearest_other_leaves_a_row_itself_out():
    expected = plain(BITS, BITS) * ~np.eye(len(BITS), dtype=bool)
    found = nearest_other(words(BITS))
    assert found.tolist() == expected.max(axis=1).tolist()
    assert found[9] == 1
    assert nearest_other(words(BITS[:1])).tolist() == [0]


def test_the_means_are_those_of_the_definition():
    expected = plain(BITS, BITS)
    first, second = mean_powers(words(BITS))
    assert first == pytest.approx(expected.mean(axis=1), abs=1e-12)
    assert second == pytest.approx((expected**2).mean(axis=1), abs=1e-12)


def test_fingerprints_without_bits_are_equal():
    assert nearest(words(BITS[5:6]), words(BITS[5:6])).tolist() == [1]


def test_all_pairs_are_logged():
    steps = []
    nearest(words(BITS), words(OTHER), log=lambda *step: steps.append(step))
    assert steps[0] == (0, 1000)
    assert steps[-1] == (1000, 1000)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(tanimoto, "_ROWS", 32)
    monkeypatch.setattr(tanimoto, "_COLUMNS", 4096)
    import tracemalloc

    many = RNG.integers(0, 2**16, (3000, 64)).astype(np.float32)
    tracemalloc.start()
    mean_powers(unpack_bits(many))
    assert tracemalloc.get_traced_memory()[1] < 10e6  # the matrix of 9 million pairs takes 72 MB
    tracemalloc.stop()
