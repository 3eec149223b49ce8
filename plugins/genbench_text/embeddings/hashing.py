"""Signed hashing of sparse features into a dense vector.

A feature of key k and weight w adds s(k) w to the coordinate b(k); the hash of the key determines the sign s
and the index b. Inner products are preserved on average over hashes, with a variance of order 1 / d
(Weinberger et al. 2009, arXiv:0902.2206). Nothing is fitted, no feature is unknown, and the result is the
same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["hash_features", "unit_rows"]


def hash_features(keys: NDArray[np.uint64], weights: NDArray[np.float64], d: int) -> NDArray[np.float64]:
    """Return the vector (d,) of features with `keys` (m,) and `weights` (m,)."""
    spread = _mix_bits(keys)
    signs = np.where(spread & np.uint64(1), 1.0, -1.0)
    places = (spread >> np.uint64(1)) % np.uint64(d)
    found = np.zeros(d)
    np.add.at(found, places, weights * signs)
    return found


def unit_rows(rows: Iterable[NDArray[np.float64]], n: int, d: int) -> NDArray[np.float32]:
    """Return `n` vectors of length 1, (n, d) float32; the zero vector of a text without features stays."""
    found = np.zeros((n, d), np.float32)
    for number, row in enumerate(rows):
        found[number] = row / (np.linalg.norm(row) or 1)
    return found


def _mix_bits(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return keys with their bits mixed, by the last steps of splitmix64.

    Source: Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195.
    """
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    return keys ^ (keys >> np.uint64(31))
