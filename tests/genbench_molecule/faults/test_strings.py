"""Damage to strings."""

from __future__ import annotations

from collections import Counter

import pytest
from genbench_molecule.faults.strings import invalid, shuffle_characters, truncate_strings

from genbench import Undefined

TEXTS = tuple("C" * number + "ON" for number in range(1, 41))


def test_the_share_of_strings_has_an_open_bracket(smiles, rng):
    found = invalid(smiles(*TEXTS), 0.25, rng).data
    assert sum(text.endswith("[") for text in found) == 10
    assert tuple(text.removesuffix("[") for text in found) == TEXTS


@pytest.mark.extras("rdkit", "selfies")
@pytest.mark.parametrize("notation", ["smiles", "selfies"])
def test_strings_with_an_open_bracket_are_no_molecules(smiles, rng, notation):
    from genbench_molecule.chemistry.molecules import molecules

    texts = ("CCO", "C[C@H](N)O") if notation == "smiles" else ("[C][C][O]", "[C]")
    assert list(molecules(invalid(smiles(*texts, notation=notation), 1.0, rng))) == [None, None]


def test_shuffled_strings_keep_their_characters(smiles, rng):
    found = shuffle_characters(smiles(*TEXTS), 0.5, rng).data
    assert [Counter(text) for text in found] == [Counter(text) for text in TEXTS]
    assert sum(one != two for one, two in zip(found, TEXTS, strict=True)) > 20


def test_strings_of_one_character_cannot_be_shuffled(smiles, rng):
    with pytest.raises(Undefined, match="no string has two characters"):
        shuffle_characters(smiles("C", "N"), 0.5, rng)


def test_truncated_strings_keep_their_beginning_and_one_character(smiles):
    assert truncate_strings(smiles("CCCCON", "C", ""), 0.5).data == ("CCC", "C", "")
