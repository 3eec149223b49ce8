"""Distances between properties: closed forms and refusals."""

from __future__ import annotations

import pytest
from genbench_molecule.sequences.property_distances import (
    gc_content,
    gc_distance,
    nucleotide_options,
    peptide_properties,
    protein_options,
)

from genbench import Samples, Undefined


def of(*texts, alphabet):
    return Samples.of("sequence", texts, alphabet=alphabet)


def test_codes_that_tell_count_and_others_are_left_out():
    assert gc_content(["ACGT", "SSWW", "GGNA", "NNN", "", "GU"]).tolist() == [0.5, 0.5, 2 / 3, 0.5]


def test_the_distance_of_two_contents_is_their_difference():
    one, other = of("AAAC", alphabet="dna"), of("GGGC", alphabet="dna")
    assert gc_distance(one, other) == gc_distance(other, one) == pytest.approx(0.75)
    assert gc_distance(one, one) == 0


def test_a_strand_and_its_complement_have_equal_contents():
    assert gc_distance(of("AACG", alphabet="rna"), of("CGUU", alphabet="rna")) == 0


@pytest.mark.extras("Bio")
@pytest.mark.filterwarnings("ignore")  # of Biopython, where it is imported from its sources
def test_one_protein_against_another_is_the_difference_of_their_properties():
    found = peptide_properties(of("G", alphabet="protein"), of("W", alphabet="protein"))
    assert found["peptide-weight"] == pytest.approx(204.2252 - 75.0666)
    assert found["peptide-hydropathy"] == pytest.approx(0.9 - 0.4)
    assert found["peptide-aromaticity"] == 1
    assert found["peptide-instability"] == 0
    assert found["peptide-isoelectric-point"] == pytest.approx(0, abs=1e-9)


@pytest.mark.extras("Bio")
@pytest.mark.filterwarnings("ignore")  # of Biopython, where it is imported from its sources
def test_the_order_of_letters_counts_for_instability_alone():
    found = peptide_properties(of("WCWCWC", alphabet="protein"), of("WWWCCC", alphabet="protein"))
    assert found.pop("peptide-instability") > 1
    assert found == dict.fromkeys(found, pytest.approx(0, abs=1e-9))


@pytest.mark.parametrize(
    ("metric", "side", "message"),
    [
        (gc_distance, of("MKV", alphabet="protein"), "GC content belongs to DNA and RNA; .* are protein"),
        (gc_distance, of("NN", alphabet="dna"), "a side has no sequence with A, C, G, T or U"),
        (peptide_properties, of("ACG", alphabet="dna"), "these are properties of proteins; .* are dna"),
        pytest.param(
            peptide_properties,
            of("XX", alphabet="protein"),
            "a side has no sequence with a plain amino acid",
            marks=pytest.mark.extras("Bio"),
        ),
    ],
)
def test_what_has_no_value_says_why(metric, side, message):
    with pytest.raises(Undefined, match=message):
        metric(side, side)


def test_a_report_has_the_properties_of_its_own_alphabet_alone():
    bases, residues = of("ACGT", alphabet=None), of("MKWL", alphabet="protein")
    assert (nucleotide_options(bases, 1), protein_options(bases, 1)) == ({}, None)
    assert (nucleotide_options(residues, 1), protein_options(residues, 1)) == (None, {})
