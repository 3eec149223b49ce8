"""The extractor `molecule-identity`."""

from __future__ import annotations

import pytest
from genbench_molecule.descriptors.identity import molecule_identity

pytestmark = pytest.mark.extras("rdkit")


def test_rows_are_equal_where_the_molecules_are(log, smiles):
    found = molecule_identity(log=log)(smiles("CCO", "C1", "O[CH2:7]C", "CCN", "C[C@H](N)O", "C[C@@H](N)O"))
    rows = found.arrays["identity"].tolist()
    assert found.valid.tolist() == [True, False, True, True, True, True]
    assert rows[0] == rows[2]
    assert len({tuple(row) for row in rows}) == 5


@pytest.mark.extras("selfies")
def test_the_notation_does_not_count(log, smiles):
    one = molecule_identity(log=log)(smiles("CCO")).arrays["identity"]
    two = molecule_identity(log=log)(smiles("[O][C][C]", notation="selfies")).arrays["identity"]
    assert (one == two).all()
