"""Molecules from strings."""

from __future__ import annotations

import sys

import pytest
from genbench_molecule.chemistry.molecules import (
    canonical,
    from_selfies,
    load_rdkit,
    molecules,
    parse,
    to_selfies,
)

from genbench import Absent

needs_rdkit = pytest.mark.extras("rdkit")
needs_both = pytest.mark.extras("rdkit", "selfies")


@needs_rdkit
def test_all_strings_of_a_molecule_have_one_canonical_string():
    assert {canonical(parse(text)) for text in ("OCC", "C(O)C", "CCO", "[CH3]CO")} == {"CCO"}


@needs_rdkit
@pytest.mark.parametrize(
    "text", ["", None, "C1CC", "C(", "XYZ", "C(C)(C)(C)(C)C", "c1ccc1N(", " ", "C" * 5001, "C" * 200_000]
)
def test_what_is_no_molecule_is_none(text, capfd):
    assert parse(text) is None
    assert capfd.readouterr().err == ""


@needs_both
def test_selfies_are_decoded_first(smiles):
    found = list(molecules(smiles("[C][C][O]", "[C][", "", notation="selfies")))
    assert [molecule and canonical(molecule) for molecule in found] == ["CCO", None, None]


@needs_both
def test_selfies_give_back_the_molecule():
    text = to_selfies()("c1ccccc1O")
    assert canonical(parse(from_selfies()(text))) == canonical(parse("c1ccccc1O"))
    assert to_selfies()("C1CC") is None


def test_missing_packages_are_named(monkeypatch):
    load_rdkit.cache_clear()
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setitem(sys.modules, "rdkit.RDConfig", None)
    monkeypatch.setitem(sys.modules, "selfies", None)
    with pytest.raises(Absent, match=r"^molecules need the package rdkit; run `pip install 'genbench\[molec"):
        parse("C")
    with pytest.raises(Absent, match=r"^SELFIES need the package selfies; run"):
        from_selfies()
