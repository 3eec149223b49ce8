"""The extractor `moses-properties`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.molecules import parse
from genbench_molecule.descriptors.moses_properties import PROPERTIES, moses_properties, properties_of

pytestmark = pytest.mark.extras("rdkit")


def test_rows_of_invalid_strings_are_marked_and_numbers_are_float32(log, smiles):
    found = moses_properties(log=log)(smiles("CCO", "C1", "C"))
    assert found.valid.tolist() == [True, False, True]
    (properties,) = found.arrays.values()
    assert properties.shape == (3, 5)
    assert properties.dtype == np.float32
    assert properties[2, PROPERTIES.index("weight")] == pytest.approx(16.043, abs=1e-3)


def test_the_properties_are_rdkits():
    from rdkit.Chem import QED, Crippen

    aspirin = parse("CC(=O)Oc1ccccc1C(=O)O")
    found = dict(zip(PROPERTIES, properties_of(aspirin), strict=True))
    assert found["logP"] == Crippen.MolLogP(aspirin)
    assert found["QED"] == QED.qed(aspirin)
    assert found["weight"] == pytest.approx(180.159, abs=1e-3)
