"""The tables of amino acids, against Biopython where it is installed."""

from __future__ import annotations

import pytest
from genbench_molecule.sequences import residues


def test_tables_have_a_value_for_each_amino_acid():
    assert len(residues.AMINO_ACIDS) == len(residues.WEIGHTS) == len(residues.HYDROPATHY) == 20
    assert {len(row) for row in residues.INSTABILITY} == {len(residues.INSTABILITY)} == {20}


def test_isomers_have_one_weight():
    weights = dict(zip(residues.AMINO_ACIDS, residues.WEIGHTS, strict=True))
    assert weights["I"] == weights["L"]
    assert weights["V"] - weights["A"] == pytest.approx(2 * (weights["A"] - weights["G"]), abs=1e-3)


@pytest.mark.extras("Bio")
@pytest.mark.filterwarnings("ignore")  # of Biopython, where it is imported from its sources
def test_tables_are_those_of_biopython():
    from Bio.SeqUtils import IsoelectricPoint, ProtParamData

    letters = residues.AMINO_ACIDS
    assert dict(zip(letters, residues.HYDROPATHY, strict=True)) == ProtParamData.kd
    for letter, row in zip(letters, residues.INSTABILITY, strict=True):
        assert dict(zip(letters, row, strict=True)) == ProtParamData.DIWV[letter]
    assert residues.POSITIVE_PK.items() <= IsoelectricPoint.positive_pKs.items()
    assert residues.NEGATIVE_PK.items() <= IsoelectricPoint.negative_pKs.items()
