"""Texts as numbers."""

from __future__ import annotations

import hashlib

import numpy as np
from genbench_molecule.chemistry.text_numbers import COLUMNS, keys, numbers


def test_the_numbers_are_the_first_bits_of_a_hash():
    found = numbers(["CCO"])
    number = int.from_bytes(hashlib.blake2b(b"CCO", digest_size=9).digest())
    parts = [number >> 48, number >> 24 & 0xFFFFFF, number & 0xFFFFFF]
    assert found.dtype == np.float32
    assert found[0].astype(int).tolist() == parts


def test_equal_texts_have_equal_keys_and_others_do_not():
    texts = [f"C{number % 5000}" for number in range(10000)]
    found = keys(numbers(texts))
    assert len(np.unique(found)) == 5000
    assert (found[:5000] == found[5000:]).all()


def test_no_texts_are_no_rows():
    assert numbers([]).shape == (0, COLUMNS)
    assert len(keys(numbers([]))) == 0
