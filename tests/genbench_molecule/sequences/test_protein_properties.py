"""Properties of proteins: closed forms, and the functions of Biopython."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences.alphabets import AMINO_ACIDS
from genbench_molecule.sequences.property_distances import PROPERTIES, Proteins

pytestmark = [
    pytest.mark.extras("Bio"),
    pytest.mark.filterwarnings("ignore"),  # of Biopython, where it is imported from its sources
]


def test_one_glycine_is_a_molecule_of_glycine():
    found = Proteins.of(["G"])
    assert found.weight.tolist() == [75.0666]
    assert found.hydropathy.tolist() == [-0.4]
    assert (found.instability.tolist(), found.aromaticity.tolist()) == ([0.0], [0.0])


def test_a_bond_loses_its_water():
    assert Proteins.of(["GG"]).weight == pytest.approx([2 * 75.0666 - 18.0153])


def test_instability_is_ten_times_the_sum_of_pairs_for_each_residue():
    assert Proteins.of(["AC"]).instability == pytest.approx([10 / 2 * 44.94])


def test_a_protein_of_lysine_is_basic_and_one_of_aspartate_acidic():
    basic, acidic = Proteins.of(["KKKK", "DDDD"]).isoelectric_point
    assert acidic == pytest.approx(4.05, abs=1e-3)
    assert basic > 10


@pytest.mark.parametrize(
    ("text", "expected"),  # of Biopython 1.88; both ends have a pK of their own
    [
        ("EKAD", 4.669914436340332),
        ("DKAE", 4.748863792419433),
        ("ADKG", 5.880357551574707),
        ("MKRE", 8.49965686798096),
    ],
)  # fmt: skip
def test_the_ends_of_a_protein_decide_their_pk(text, expected):
    assert Proteins.of([text]).isoelectric_point == pytest.approx([expected], abs=1e-9)


def test_other_characters_and_empty_proteins_are_left_out():
    plain, coded = Proteins.of(["MKV", "MKVW"]), Proteins.of(["MXK*V", "XX", "", "MKVWB"])
    assert len(plain) == len(coded) == 2
    for name in PROPERTIES:
        assert getattr(plain, name).tolist() == getattr(coded, name).tolist()


def test_random_proteins_have_the_properties_of_biopython():
    from Bio.SeqUtils.ProtParam import ProteinAnalysis

    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list(AMINO_ACIDS), size=rng.integers(1, 60))) for _ in range(60)]
    found, known = Proteins.of(texts), [ProteinAnalysis(text) for text in texts]
    names = {
        "weight": "molecular_weight", "isoelectric_point": "isoelectric_point", "hydropathy": "gravy",
        "instability": "instability_index", "aromaticity": "aromaticity",
    }  # fmt: skip
    for name, theirs in names.items():
        assert getattr(found, name) == pytest.approx([getattr(each, theirs)() for each in known], rel=1e-9)
