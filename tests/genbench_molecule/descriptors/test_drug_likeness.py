from __future__ import annotations

import json
from pathlib import Path

import pytest
from genbench_molecule.chemistry.molecules import parse
from genbench_molecule.descriptors.moses_properties import drug_likeness

pytestmark = pytest.mark.extras("rdkit")

INPUTS = Path(__file__).parents[1] / "data" / "inputs_smiles.json"
#: A molecule that rdkit reads, and that its own function refuses, since it reads it twice.
READ_ONCE = "Cc1cccc(NC(=O)Cc3nonc3SC)cc3cccc(N(B=o3)C2CC2C)c1"


def of(smiles):
    from rdkit.Chem import Crippen, Descriptors

    molecule = parse(smiles)
    return drug_likeness(molecule, log_p=Crippen.MolLogP(molecule), weight=Descriptors.MolWt(molecule))


def texts(value):
    if isinstance(value, str):
        return [value]
    return [text for each in (value.values() if isinstance(value, dict) else value) for text in texts(each)]


def test_the_numbers_are_those_of_rdkit():
    from rdkit.Chem import QED

    molecules = [text for text in texts(json.loads(INPUTS.read_text()))[:400] if parse(text) is not None]
    assert len(molecules) > 50
    others = ["[2H]C", "[Na+].[Cl-]", "CC(=O)[O-].C[NH3+]", "c1ccc2ccccc2c1", "C1CCCCC1"]
    for text in (*molecules, *others):
        assert of(text) == pytest.approx(QED.qed(parse(text)), rel=1e-12), text


def test_a_molecule_that_rdkit_cannot_read_twice_has_a_number():
    from rdkit import Chem
    from rdkit.Chem import QED

    with pytest.raises(Chem.KekulizeException):
        QED.qed(parse(READ_ONCE))
    assert 0 < of(READ_ONCE) < 1
