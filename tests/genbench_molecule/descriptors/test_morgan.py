"""Circular substructures of molecules."""

from __future__ import annotations

import pytest
from genbench_molecule.chemistry.molecules import parse
from genbench_molecule.descriptors.rows import fold_counts, substructures

pytestmark = pytest.mark.extras("rdkit")


def test_methane_has_one_substructure_and_ethane_two():
    assert list(substructures(parse("C")).values()) == [1]
    assert sorted(substructures(parse("CC")).values()) == [1, 2]


@pytest.mark.parametrize("smiles", ["C", "CC(=O)Oc1ccccc1C(=O)O", "C[C@H](N)C(=O)O", "[Na+].[Cl-]"])
def test_the_folded_bits_are_rdkits_fingerprint(smiles):
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=1024)
    found = fold_counts(substructures(parse(smiles)), 1024)
    assert found.tolist() == generator.GetFingerprintAsNumPy(parse(smiles)).tolist()
