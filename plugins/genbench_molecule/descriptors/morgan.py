"""Circular substructures of molecules (Morgan, ECFP), as counts by their hashes and as bits."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_molecule.chemistry.toolkit import load_rdkit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["folded", "substructures"]

_RADIUS = 2  # equivalent to ECFP4


def substructures(molecule: Any) -> Mapping[int, int]:
    """Return how often each circular substructure of radius 0 to 2 occurs, by its hash, in ascending order.

    Source: Rogers and Hahn 2010, doi:10.1021/ci100050t. Raises Absent if rdkit is not installed.
    """
    counts: Mapping[int, int] = _generator().GetSparseCountFingerprint(molecule).GetNonzeroElements()
    return counts


def folded(counts: Mapping[int, int], bits: int) -> NDArray[np.uint8]:
    """Return rdkit's fingerprint, (bits,) uint8: 1 at the hash of each substructure modulo `bits`, else 0."""
    found = np.zeros(bits, np.uint8)
    found[np.fromiter(counts, np.int64, len(counts)) % bits] = 1
    return found


@functools.cache
def _generator() -> Any:
    load_rdkit()
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS)
