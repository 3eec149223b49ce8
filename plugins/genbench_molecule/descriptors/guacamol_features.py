"""Extractor `guacamol-features`: descriptors and fingerprints of molecules without stereochemistry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench_molecule.chemistry.molecules import load_rdkit, parse, without_map_numbers
from genbench_molecule.chemistry.text_numbers import COLUMNS, numbers
from genbench_molecule.descriptors.rows import MoleculeExtractor, pack_bits

if TYPE_CHECKING:
    from genbench import Log

__all__ = ["CONTINUOUS", "COUNTS", "guacamol_features"]

#: The columns of `properties`, by their names in rdkit.
CONTINUOUS = ("BertzCT", "MolLogP", "MolWt", "TPSA")
COUNTS = (
    "NumHAcceptors", "NumHDonors", "NumRotatableBonds", "NumAliphaticRings", "NumAromaticRings",
)  # fmt: skip

_RADIUS, _BITS = 2, 4096


def guacamol_features(*, log: Log) -> MoleculeExtractor:
    """Return a function from n molecules to three outputs, each float32.

    properties   (n, 9) rdkit's BertzCT, MolLogP, MolWt and TPSA, then its counts of hydrogen-bond acceptors,
                 donors, rotatable bonds, aliphatic rings and aromatic rings
    fingerprint  (n, 256) the 4096 bits of the Morgan fingerprint of radius 2, in numbers of 16 bits
    identity     (n, 3) the hash of the canonical SMILES

    All are those of the molecule without stereochemistry and atom map numbers, read again from its canonical
    SMILES. A string that is no molecule has no row.

    Source: Brown et al. 2019 (arXiv:1811.09621), sec. 4.1.4.
    """
    load_rdkit()
    from rdkit import Chem
    from rdkit.Chem import Descriptors, rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS, fpSize=_BITS)

    def describe(molecule: Any, _: int) -> tuple[Any, ...]:
        text = Chem.MolToSmiles(without_map_numbers(molecule), isomericSmiles=False)
        flat = parse(text) or molecule
        return (
            [getattr(Descriptors, name)(flat) for name in (*CONTINUOUS, *COUNTS)],
            pack_bits(generator.GetFingerprintAsNumPy(flat)),
            numbers([text])[0],
        )

    widths = {"properties": len(CONTINUOUS) + len(COUNTS), "fingerprint": _BITS // 16, "identity": COLUMNS}
    return MoleculeExtractor(widths, describe, log)
