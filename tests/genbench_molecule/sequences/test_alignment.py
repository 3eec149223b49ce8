"""Global alignments of proteins with affine gaps."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences.alignment import AlignedProteins
from genbench_molecule.sequences.residues import AMINO_ACIDS


def score(one, other):
    return int(AlignedProteins.of([other]).scores(one)[0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("W", "W", 11),
        ("W", "C", -2),
        ("", "", 0),
        ("", "W", -11),
        ("", "WWW", -13),
        ("WWW", "", -13),
        ("WCW", "WW", 22 - 11),
        ("WCCCW", "WW", 22 - 13),
        ("WXW", "WWW", 22 - 1),
    ],
)
def test_alignments_by_hand(one, other, expected):
    assert score(one, other) == score(other, one) == expected


def test_a_protein_with_itself_scores_the_sum_of_its_letters():
    proteins = AlignedProteins.of([AMINO_ACIDS, "WC", ""])
    assert proteins.own_scores().tolist() == [proteins.scores(AMINO_ACIDS)[0], 20, 0]


@pytest.mark.extras("Bio")
@pytest.mark.filterwarnings("ignore")  # of Biopython, where it is imported from its sources
def test_random_pairs_score_as_in_biopython():
    from Bio.Align import PairwiseAligner, substitution_matrices

    aligner = PairwiseAligner(
        mode="global", substitution_matrix=substitution_matrices.load("BLOSUM62"), open_gap_score=-11,
        extend_gap_score=-1,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list(AMINO_ACIDS), size=rng.integers(1, 25))) for _ in range(25)]
    for text in texts:
        expected = [aligner.score(text, other) for other in texts]
        assert AlignedProteins.of(texts).scores(text).tolist() == expected
