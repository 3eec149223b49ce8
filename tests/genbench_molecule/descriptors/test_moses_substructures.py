"""The extractor `moses-substructures`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.molecules import parse
from genbench_molecule.descriptors.moses_substructures import fragments_of, moses_substructures, scaffold_of

from genbench import Undefined

pytestmark = pytest.mark.extras("rdkit")


def test_rows_of_invalid_strings_are_marked_and_all_outputs_are_float32(log, smiles):
    found = moses_substructures(log=log)(smiles("CCO", "C1", "c1ccccc1"))
    assert found.valid.tolist() == [True, False, True]
    shapes = {name: array.shape for name, array in found.arrays.items()}
    assert shapes == {"fingerprint": (3, 64), "fragments": (3, 144), "scaffold": (3, 3)}
    assert {array.dtype for array in found.arrays.values()} == {np.dtype(np.float32)}


def test_methane_has_one_bit_one_fragment_and_no_scaffold(log, smiles):
    arrays = moses_substructures(log=log)(smiles("C")).arrays
    assert np.bitwise_count(arrays["fingerprint"].astype(np.uint16)).sum() == 1
    assert not arrays["scaffold"].any()
    assert np.count_nonzero(arrays["fragments"].reshape(-1, 3).any(axis=1)) == 1


def test_a_bond_of_brics_is_cut():
    assert fragments_of(parse("CCO")) == ["CCO"]
    assert fragments_of(parse("CC(=O)NCc1ccccc1")) == [
        "[1*]C(C)=O", "[16*]c1ccccc1", "[4*]C[8*]", "[5*]N[5*]",
    ]  # fmt: skip


def test_a_scaffold_needs_two_rings():
    assert scaffold_of(parse("CCc1ccccc1")) is None
    assert scaffold_of(parse("Cc1ccc(Cc2ccccc2)cc1")) == "c1ccc(Cc2ccccc2)cc1"


def test_too_many_fragments_are_refused_by_number(log, smiles):
    found = moses_substructures(most_fragments=2, log=log)
    with pytest.raises(Undefined, match=r"^molecule 2 has 4 fragments, .* room for 2; set its option most_f"):
        found(smiles("C", "CC(=O)NCc1ccccc1"))
