"""Search for many substructures at once, of which a fingerprint rules out most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Patterns"]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Substructures, each with the bits that a molecule must have to contain it.

    queries  molecules of rdkit, made from SMARTS
    bits     (k, b) uint8, the packed pattern fingerprint of each

    rdkit's pattern fingerprint of a molecule has all bits of that of each of its substructures, so a match is
    searched only where no bit is missing: about one pattern in twenty.
    """

    queries: Sequence[Any]
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, queries: Sequence[Any]) -> Patterns:
        """Return the patterns of one or more queries."""
        return cls(queries, np.stack([_bits(query) for query in queries]))

    def match(self, molecule: Any) -> bool:
        """Return whether a molecule contains one of the substructures."""
        possible = np.flatnonzero(~(self.bits & ~_bits(molecule)).any(axis=1)).tolist()
        return any(molecule.HasSubstructMatch(self.queries[place]) for place in possible)


def _bits(molecule: Any) -> NDArray[np.uint8]:
    from rdkit import Chem, DataStructs

    text = DataStructs.BitVectToBinaryText(Chem.PatternFingerprint(molecule))
    return np.frombuffer(text, np.uint8)
