"""Arrays from one row for each molecule."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.descriptors.rows import MoleculeExtractor, pack_bits


@pytest.mark.extras("rdkit")
def test_only_molecules_have_rows_and_their_numbers_are_known(smiles):
    steps = []
    extractor = MoleculeExtractor(
        {"number": 1, "atoms": 2},
        lambda molecule, number: (number, molecule.GetNumAtoms()),
        lambda *step: steps.append(step),
    )
    found = extractor(smiles("C", "C1", "CC"))
    assert found.valid.tolist() == [True, False, True]
    assert found.arrays["number"].tolist() == [[1], [0], [3]]
    assert found.arrays["atoms"].tolist() == [[1, 1], [0, 0], [2, 2]]
    assert steps == [(3, 3)]


def test_bits_are_packed_without_loss():
    bits = np.random.default_rng(0).integers(0, 2, 64).astype(np.uint8)
    found = pack_bits(bits)
    assert found.dtype == np.float32
    assert [int("".join(map(str, part)), 2) for part in bits.reshape(4, 16)] == found.tolist()
