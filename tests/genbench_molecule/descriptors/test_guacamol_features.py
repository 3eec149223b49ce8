"""The extractor `guacamol-features`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.descriptors.guacamol_features import CONTINUOUS, COUNTS, guacamol_features

pytestmark = pytest.mark.extras("rdkit")


def test_stereochemistry_and_map_numbers_do_not_count(log, smiles):
    found = guacamol_features(log=log)(smiles("C[C@H](N)C(=O)O", "C1", "C[C@@H](N)C(=O)[OH:7]"))
    assert found.valid.tolist() == [True, False, True]
    for array in found.arrays.values():
        assert (array[0] == array[2]).all()
        assert array.dtype == np.float32


def test_the_columns_are_those_of_their_names(log, smiles):
    row = guacamol_features(log=log)(smiles("OCCc1ccncc1")).arrays["properties"][0]
    found = dict(zip((*CONTINUOUS, *COUNTS), row.tolist(), strict=True))
    assert (found["NumHDonors"], found["NumHAcceptors"], found["NumAromaticRings"]) == (1, 2, 1)
    assert found["MolWt"] == pytest.approx(123.155, abs=1e-2)


def test_the_fingerprint_has_4096_bits(log, smiles):
    assert guacamol_features(log=log)(smiles("CCO")).arrays["fingerprint"].shape == (1, 256)
