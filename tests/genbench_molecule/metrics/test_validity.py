"""The share of strings that are molecules."""

from __future__ import annotations

import pytest
from genbench_molecule.metrics.validity import validity

pytestmark = pytest.mark.extras("rdkit")


def test_invalid_and_empty_strings_do_not_count(smiles):
    found = validity(smiles("C"), smiles("C", "C1", "", "CCO"))
    assert found.value == 0.5
    assert not found.extra


def test_fakes_of_which_none_is_a_molecule_have_a_warning(smiles):
    found = validity(smiles("C"), smiles("C1", "id"))
    assert found.value == 0
    assert found.extra["warning"] == (
        "no fake is a molecule: if they are from a file, check which column is read, and the notation"
    )
    both = validity(smiles("C", "(("), smiles("C1")).extra["warning"]
    assert both.startswith("no fake is a molecule: ")
    assert "; 1 of 2 real strings are no molecules" in both


def test_an_invalid_reference_is_named_by_number(smiles):
    found = validity(smiles("C", "CC", "C1CC", "(("), smiles("C"))
    assert found.value == 1
    assert found.extra["warning"].startswith(
        "2 of 4 real strings are no molecules, and count nowhere; the fi"
    )
    assert found.extra["warning"].endswith("rst is number 3, 'C1CC': take them out")
