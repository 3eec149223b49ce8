"""Extractor `molecule-identity`: which molecule a string is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from genbench import Extracted
from genbench_molecule.chemistry.molecules import canonical, molecules
from genbench_molecule.chemistry.text_numbers import COLUMNS, numbers

if TYPE_CHECKING:
    from genbench import Log, Samples

__all__ = ["Identity", "molecule_identity"]


def molecule_identity(*, log: Log) -> Identity:
    """Return a function from n strings to `identity`, (n, 3) float32: the hash of the canonical SMILES.

    Two rows are equal if the strings are of one molecule, stereochemistry included, in any order of atoms and
    either notation. Tautomers and salts are different molecules. A string that is no molecule has no row.
    """
    return Identity(log)


@dataclass(frozen=True, eq=False)
class Identity:
    """Maps molecules to `identity`; see `molecule_identity`."""

    log: Log = field(repr=False)

    def __call__(self, samples: Samples) -> Extracted:
        """Return `identity` (n, 3) float32, and which strings are molecules."""
        found = [None if molecule is None else canonical(molecule) for molecule in molecules(samples)]
        valid = np.array([smiles is not None for smiles in found], dtype=bool)
        identity = np.zeros((len(found), COLUMNS), np.float32)
        identity[valid] = numbers([smiles for smiles in found if smiles is not None])
        self.log(len(found), len(found))
        return Extracted({"identity": identity}, valid)
