"""The extractor `chemnet`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemnet.chemnet import chemnet

pytestmark = pytest.mark.extras("rdkit", "fcd")


@pytest.fixture(scope="module")
def extractor(log):
    return chemnet(device="cpu", log=log)


def test_only_molecules_have_features(extractor, smiles):
    found = extractor(smiles("CCO", "C1CC", "", "c1ccccc1"))
    assert found.valid.tolist() == [True, False, False, True]
    assert found.arrays["features"].shape == (4, 512)
    assert found.arrays["features"].dtype == np.float32
    assert np.abs(found.arrays["features"]).max() <= 1


def test_all_strings_of_a_molecule_have_the_same_features(extractor, smiles):
    rows = extractor(smiles("OCC", "CCN", "CCO", "C(O)C")).arrays["features"]
    assert (rows[0] == rows[[2, 3]]).all()
    assert not np.allclose(rows[0], rows[1], atol=1e-3)


def test_features_depend_on_the_molecule_alone(extractor, smiles):
    long = "C" * 400
    together = extractor(smiles("CCO", long, "CC", "c1ccccc1")).arrays["features"]
    alone = extractor(smiles("CCO")).arrays["features"], extractor(smiles(long)).arrays["features"]
    assert together[:1] == pytest.approx(alone[0], abs=1e-5)
    assert together[1:2] == pytest.approx(alone[1], abs=1e-5)


def test_no_molecule_gives_no_row(extractor, smiles):
    found = extractor(smiles("C1"))
    assert not found.valid.any()
    assert len(extractor(smiles()).arrays["features"]) == 0
