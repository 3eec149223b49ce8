"""The scores of rdkit's Contrib folder."""

from __future__ import annotations

import pytest
from genbench_molecule.chemistry.molecules import parsed
from genbench_molecule.descriptors import contrib

from genbench import Absent

pytestmark = pytest.mark.extras("rdkit")


def test_ethanol_is_easier_to_make_than_strychnine():
    score = contrib.sa_score()
    strychnine = parsed("C1CN2CC3=CCOC4CC(=O)N5C6C4C3CC2C61C7=CC=CC=C75")
    assert 1 <= score(parsed("CCO")) < 3 < score(strychnine) <= 10


def test_a_sugar_is_more_like_a_natural_product_than_a_sulfonamide(capfd):
    contrib.natural_product_score.cache_clear()
    score = contrib.natural_product_score()
    assert score(parsed("OCC1OC(O)C(O)C(O)C1O")) > 1
    assert score(parsed("Cc1ccc(cc1)S(=O)(=O)Nc1ccccn1")) < 0
    assert capfd.readouterr().err == ""


def test_a_missing_script_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("rdkit.RDConfig.RDContribDir", str(tmp_path))
    contrib.sa_score.cache_clear()
    with pytest.raises(Absent, match=r"^the installed rdkit has no Contrib/SA_Score/sascorer\.py; run `pip"):
        contrib.sa_score()
