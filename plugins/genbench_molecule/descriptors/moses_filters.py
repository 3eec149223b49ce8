"""Extractor `moses-filters`: medicinal-chemistry filters and PAINS, as MOSES applies them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import DataError, PackageFile
from genbench_molecule.chemistry.molecules import load_rdkit
from genbench_molecule.descriptors.rows import MoleculeExtractor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["MCF", "PAINS", "Patterns", "moses_filters", "patterns"]

MCF = PackageFile(
    package="moses",
    file="metrics/mcf.csv",
    release="molsets==0.3.1",
    sha256="f4a2bfacb4cb8877295eb2a4b4e61ec9770a26388f1331e5dc9c193d22dd5f89",
)

PAINS = PackageFile(
    package="moses",
    file="metrics/wehi_pains.csv",
    release="molsets==0.3.1",
    sha256="d762e5420ec70f06d7e41d336cae6f67e2feb0eddf05c6171192a332726d296f",
)

_ATOMS = frozenset({"C", "N", "S", "O", "F", "Cl", "Br", "H"})

_LARGEST_RING = 7  # atoms


def moses_filters(*, log: Log) -> MoleculeExtractor:
    """Return a function from n molecules to `passes`, (n, 1) float32: 1 if it passes MOSES's filters, else 0.

    A molecule passes if it has no ring of more than seven atoms, no charged atom, no element but C, N, S, O,
    F, Cl, Br and H, and if, with explicit hydrogens, none of 22 medicinal-chemistry and 480 PAINS patterns
    matches. The patterns are read from the package molsets, which is not imported. A string that is no
    molecule has no row. Raises Absent if molsets is not installed.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 3; Baell and Holloway 2010
    (doi:10.1021/jm901137j) for PAINS.
    """
    known = Patterns.of(patterns())
    return MoleculeExtractor({"passes": 1}, lambda molecule, _: (_passes(molecule, known),), log)


def _passes(molecule: Any, known: Patterns) -> bool:
    from rdkit import Chem

    if any(len(ring) > _LARGEST_RING for ring in molecule.GetRingInfo().AtomRings()):
        return False
    atoms = molecule.GetAtoms()
    if any(atom.GetFormalCharge() != 0 or atom.GetSymbol() not in _ATOMS for atom in atoms):
        return False
    return not known.match(Chem.AddHs(molecule))


def patterns() -> Sequence[Any]:
    """Return MOSES's 22 medicinal-chemistry filters, then the 480 PAINS, as molecules of rdkit.

    Raises Absent if molsets is not installed.
    """
    load_rdkit()
    from rdkit import Chem

    with MCF.find().open(newline="", encoding="utf-8") as file:
        texts = [row["smarts"] for row in csv.DictReader(file)]
    with PAINS.find().open(newline="", encoding="utf-8") as file:
        texts += [row[0].strip() for row in csv.reader(file)]
    found: list[Any] = [Chem.MolFromSmarts(text) for text in texts]
    if None in found:
        raise DataError(f"rdkit cannot read the pattern {texts[found.index(None)]!r}; install another rdkit")
    return found


# Search for many substructures at once, of which a fingerprint rules out most.


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
