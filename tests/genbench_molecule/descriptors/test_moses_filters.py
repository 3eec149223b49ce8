"""The extractor `moses-filters`."""

from __future__ import annotations

import sys

import pytest
from genbench_molecule.descriptors import moses_filters as module
from genbench_molecule.descriptors.moses_filters import moses_filters, patterns

from genbench import Absent

pytestmark = pytest.mark.extras("rdkit", "moses")


@pytest.fixture(scope="module")
def extractor(log):
    return moses_filters(log=log)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("CC(=O)Nc1ccc(O)cc1", 1),  # paracetamol
        ("C1CCCCCCC1", 0),  # a ring of eight
        ("C1CCCCCC1", 1),
        ("CC(=O)[O-]", 0),  # a charge
        ("C[Si](C)(C)C", 0),  # silicon
        ("CC=O", 0),  # MCF7: an aldehyde
        ("CN=NC", 0),  # MCF11
        ("c1cc(O)c(O)cc1CC", 0),  # PAINS: a catechol
    ],
)
def test_each_rule_refuses_its_molecules(extractor, smiles, text, passes):
    assert extractor(smiles(text)).arrays["passes"].tolist() == [[passes]]


def test_what_is_no_molecule_has_no_row(extractor, smiles):
    assert extractor(smiles("C1", "CCO")).valid.tolist() == [False, True]


def test_the_patterns_are_moses_s_and_it_is_not_imported():
    assert len(patterns()) == 22 + 480
    assert "moses" not in sys.modules


def test_a_missing_package_is_named(monkeypatch, log):
    monkeypatch.setattr(
        module, "MCF", type(module.MCF)(**(vars(module.MCF) | {"package": "no_such_package"}))
    )
    with pytest.raises(Absent, match=r"run `pip install --no-deps molsets==0\.3\.1`"):
        moses_filters(log=log)
