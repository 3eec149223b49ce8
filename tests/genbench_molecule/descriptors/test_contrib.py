"""The scores by the tables of rdkit's Contrib folder."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from genbench_molecule.chemistry.molecules import parse
from genbench_molecule.descriptors import moses_properties as contrib
from genbench_molecule.descriptors.moses_properties import natural_product_score, sa_score
from genbench_molecule.descriptors.rows import substructures

from genbench import Absent

pytestmark = pytest.mark.extras("rdkit")

INPUTS = Path(__file__).parents[1] / "data" / "inputs_smiles.json"
STRYCHNINE = "C1CN2CC3=CCOC4CC(=O)N5C6C4C3CC2C61C7=CC=CC=C75"
#: What the formula treats apart: centres of each kind, spiro, bridged, macrocyclic, tiny and symmetric ones.
SPECIAL = (
    "C", "[Na+].[Cl-]", "c1ccccc1", "C1CCCCCCCCCCC1", "C1CC2(CC1)CCCC2", "C1C2CC3CC1CC(C2)C3", STRYCHNINE,
    "C[C@H]1CC[C@@H](C)CC1", "CC1CCC(C)CC1", "OC[C@H]1O[C@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "C[S@](=O)CC",
    "CC(O)C(O)C", "C12C3C4C1C5C2C3C45", "OC1CC1O.C[C@@H](F)Cl", "C1" + "CCO" * 12 + "1", "[Fe][Fe]", "N#N",
)  # fmt: skip


def score(function, smiles):
    molecule = parse(smiles)
    return function(molecule, substructures(molecule))


def script(file):
    from rdkit import RDConfig

    spec = importlib.util.spec_from_file_location("script", Path(RDConfig.RDContribDir, file))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def molecules():
    stored = [text for text in json.loads(INPUTS.read_text())["gen"] if parse(text) is not None]
    assert len(stored) > 100
    return [*stored, *SPECIAL]


def test_sa_scores_are_those_of_rdkits_script():
    theirs = script("SA_Score/sascorer.py").calculateScore
    for smiles in molecules():
        assert score(sa_score, smiles) == theirs(parse(smiles)), smiles


def test_likenesses_to_natural_products_are_those_of_rdkits_script():
    theirs = script("NP_Score/npscorer.py")
    model = theirs.readNPModel()
    for smiles in molecules():
        assert score(natural_product_score, smiles) == theirs.scoreMol(parse(smiles), model), smiles


def test_ethanol_is_easier_to_make_than_strychnine():
    assert 1 <= score(sa_score, "CCO") < 3 < score(sa_score, STRYCHNINE) <= 10


def test_a_sugar_is_more_like_a_natural_product_than_a_sulfonamide(capfd):
    contrib._likeness.cache_clear()
    assert score(natural_product_score, "OCC1OC(O)C(O)C(O)C1O") > 1
    assert score(natural_product_score, "Cc1ccc(cc1)S(=O)(=O)Nc1ccccn1") < 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("value", "expected"), [(10.0, 4.845098040014257), (-10.0, -4.845098040014257), (3.5, 3.5)]
)
def test_extreme_likenesses_grow_as_a_logarithm(monkeypatch, value, expected):
    monkeypatch.setattr(contrib, "_likeness", lambda: {1: value})
    assert natural_product_score(parse("C"), {1: 3, 2: 1}) == pytest.approx(expected, rel=1e-12)


def test_a_missing_script_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("rdkit.RDConfig.RDContribDir", str(tmp_path))
    contrib._contributions.cache_clear()
    with pytest.raises(Absent, match=r"^the installed rdkit has no Contrib/SA_Score/sascorer\.py; run `pip"):
        score(sa_score, "CCO")
