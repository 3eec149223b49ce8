"""Extractor `molecule-identity`: which molecule a string is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench_molecule.chemistry.molecules import identity_smiles
from genbench_molecule.chemistry.text_numbers import COLUMNS, numbers
from genbench_molecule.descriptors.rows import MoleculeExtractor

if TYPE_CHECKING:
    from genbench import Log

__all__ = ["molecule_identity"]


def molecule_identity(*, log: Log) -> MoleculeExtractor:
    """Return a function from n strings to `identity`, (n, 3) float32: the hash of the canonical SMILES.

    Two rows are equal if the strings are of one molecule, stereochemistry included, in any order of atoms and
    either notation. Atom map numbers, as in [CH3:1]O, do not count. Tautomers and salts are different
    molecules. A string that is no molecule has no row.
    """
    return MoleculeExtractor(
        {"identity": COLUMNS}, lambda molecule, _: (numbers([identity_smiles(molecule)])[0],), log
    )
