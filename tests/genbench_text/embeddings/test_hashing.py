"""Signed hashing of sparse features: known answers, and inner products that keep their mean."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.embeddings.hashing import hash_features, unit_rows


def test_known_answers_of_the_hash():
    row = hash_features(np.array([0, 1, 2**64 - 1], np.uint64), np.array([1.0, 10.0, 100.0]), 4)
    assert row.tolist() == [-1, 100, 10, 0]  # splitmix64 makes 0 of 0, and 0x5692161d100b05e5 of 1
    assert unit_rows([np.array([3.0, 4.0])], 1, 2).tolist() == [[np.float32(0.6), np.float32(0.8)]]


def test_features_with_one_key_add_up():
    twice = hash_features(np.array([7, 7], np.uint64), np.array([1.0, 2.0]), 8)
    assert twice.tolist() == hash_features(np.array([7], np.uint64), np.array([3.0]), 8).tolist()


def test_inner_products_are_kept_on_average():
    one, other = np.arange(20, dtype=np.uint64), np.arange(10, 30, dtype=np.uint64)  # 10 keys in common
    moves = np.arange(0, 400_000, 1000, dtype=np.uint64)
    found = [
        hash_features(one + move, np.ones(20), 64) @ hash_features(other + move, np.ones(20), 64)
        for move in moves
    ]
    assert np.mean(found) == pytest.approx(10, abs=4 * np.std(found) / 20)  # 4 standard errors of the mean


def test_a_text_without_features_stays_zeros():
    rows = unit_rows([np.zeros(3), np.array([0.0, 2.0, 0.0])], 2, 3)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 0], [0, 1, 0]]
