"""Arrays of an extractor from one row for each molecule."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Extracted
from genbench_molecule.chemistry.molecules import load_rdkit, molecules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["MoleculeExtractor", "fold_counts", "pack_bits", "substructures"]

_RADIUS = 2  # equivalent to ECFP4


_WORD = 16  # bits of a number: float32 holds them exactly, and so does one byte swap of them

_LOG_EVERY = 100  # molecules


@dataclass(frozen=True, eq=False)
class MoleculeExtractor:
    """Maps molecules to arrays of float32 with a row for each.

    widths    the columns of each output, by name
    describe  returns a value for each output from the molecule and the number of its sample, from 1
    """

    widths: Mapping[str, int]
    describe: Callable[[Any, int], tuple[Any, ...]]
    log: Log = field(repr=False)

    def __call__(self, samples: Samples) -> Extracted:
        """Return the outputs, and which strings are molecules."""
        n = len(samples)
        arrays = {name: np.zeros((n, width), np.float32) for name, width in self.widths.items()}
        valid = np.zeros(n, dtype=bool)
        for place, molecule in enumerate(molecules(samples)):
            if molecule is not None:
                valid[place] = True
                for array, value in zip(arrays.values(), self.describe(molecule, place + 1), strict=True):
                    array[place] = value
            if (place + 1) % _LOG_EVERY == 0 or place + 1 == n:
                self.log(place + 1, n)
        return Extracted(arrays, valid)


def pack_bits(bits: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return bits (k,), each 0 or 1 and k a multiple of 16, as (k / 16,) numbers of 16 bits."""
    return np.packbits(bits).view(">u2").astype(np.float32)


# Circular substructures of molecules (Morgan, ECFP), as counts by their hashes and as bits.


def substructures(molecule: Any) -> Mapping[int, int]:
    """Return how often each circular substructure of radius 0 to 2 occurs, by its hash, in ascending order.

    Source: Rogers and Hahn 2010, doi:10.1021/ci100050t. Raises Absent if rdkit is not installed.
    """
    counts: Mapping[int, int] = _generator().GetSparseCountFingerprint(molecule).GetNonzeroElements()
    return counts


def fold_counts(counts: Mapping[int, int], bits: int) -> NDArray[np.uint8]:
    """Return rdkit's fingerprint, (bits,) uint8: 1 at the hash of each substructure modulo `bits`, else 0."""
    found = np.zeros(bits, np.uint8)
    found[np.fromiter(counts, np.int64, len(counts)) % bits] = 1
    return found


@functools.cache
def _generator() -> Any:
    load_rdkit()
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS)
