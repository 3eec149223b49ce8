"""The alphabets, and how one is inferred."""

from __future__ import annotations

import pytest
from genbench_molecule.sequences.alphabets import ALPHABETS, alphabet_of, infer

from genbench import Samples, Undefined


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["ACGT"], "dna"),
        (["ACG"], "dna"),  # no T is needed
        (["ACGU"], "rna"),
        (["ACGT", "ACGU"], None),
        (["MKV"], "protein"),
        (["KSSS"], "protein"),  # codes of nucleotides, but too few plain ones
        (["MKVX", "BZUOJ"], "protein"),
        (["ACGTACGTAE"], None),  # a wrong letter does not make DNA a protein
        (["ACGTACGTE"], "protein"),
        (["acgt"], None),
        (["AC-GT"], None),
    ],
)
def test_the_letters_decide_the_alphabet(texts, name):
    found = infer(texts)
    assert (found and found.name) == name


def test_codes_may_be_a_tenth_of_the_letters():
    assert infer(["A" * 9 + "R"]).name == "dna"
    assert infer(["A" * 8 + "RR"]).name == "protein"


def test_complements_are_at_mirrored_places():
    for name in ("dna", "rna"):
        letters = ALPHABETS[name].letters
        pairs = {frozenset(pair) for pair in zip(letters, reversed(letters), strict=True)}
        assert pairs == {frozenset(letters[::3]), frozenset(letters[1:3])} == {
            frozenset(("A", letters[3])), frozenset("CG"),
        }  # fmt: skip


def test_the_alphabet_of_the_space_wins():
    assert alphabet_of(Samples.of("sequence", ["ACGT"], alphabet="protein")).name == "protein"
    assert alphabet_of(Samples.of("sequence", ["ACG"]), Samples.of("sequence", ["ACGU"])).name == "rna"
    with pytest.raises(Undefined, match="state the alphabet with the modality: 'sequence alphabet=dna'"):
        alphabet_of(Samples.of("sequence", ["acgt"]))
