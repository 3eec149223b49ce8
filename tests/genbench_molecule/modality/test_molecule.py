from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.metrics.validity import validity
from genbench_molecule.modality import molecule as module
from genbench_molecule.modality.molecule import Molecule
from numpy.random import default_rng

from genbench import Absent, Samples, Space


def shown(*texts, notation="smiles"):
    samples = Samples.of("molecule", texts, notation=notation)
    return [Molecule().render(samples, number) for number in range(len(texts))]


def test_strings_are_molecules_of_the_notation_beside_them():
    space = Space("molecule", notation="smiles")
    made = Molecule().from_memory(["CC", "CO"], space)
    assert (made.data, made.space) == (("CC", "CO"), space)
    for value, beside in ((["CC"], None), ([1], space), ([], space), ("CC", space)):
        assert Molecule().from_memory(value, beside) is None


def test_labels_of_the_example_say_which_have_an_aromatic_ring():
    samples = Molecule().example(60, rng=default_rng(0)).labelled()
    assert samples.space.classes == ("aliphatic", "aromatic")
    assert [("c1" in item) for item in samples.data] == (samples.labels == 1).tolist()
    assert 10 < samples.labels.sum() < 50


def test_noise_has_lengths_and_characters_of_train():
    drawn = Molecule().noise(Samples.of("molecule", ["CCN", "O"], notation="smiles"))(400, default_rng(0))
    assert {len(item) for item in drawn} == {1, 3}
    text = "".join(drawn)
    np.testing.assert_allclose([text.count(c) / len(text) for c in "CNO"], 1 / 3, atol=0.06)


@pytest.mark.extras("rdkit", "selfies")
def test_strings_that_the_metric_of_validity_counts_are_valid():
    for notation, texts in (
        ("smiles", ("CCO", "", "C1CC", "c1ccccc1", "(")),
        ("selfies", ("[C][O]", "", "x")),
    ):
        samples = Samples.of("molecule", texts, notation=notation)
        mask = Molecule().valid(samples)
        assert mask.dtype == bool
        assert [
            validity(samples, samples.take(np.array([n]))).value for n in range(len(texts))
        ] == mask.tolist()
    assert mask.tolist() == [True, False, False]


@pytest.mark.extras("rdkit")
def test_a_molecule_is_a_picture_with_its_string_and_other_strings_are_texts():
    ethanol, broken, nothing, large = shown("OCC", "C1CC", "", "C" * 151)
    assert (ethanol.media_type, ethanol.text) == ("image/svg+xml", "OCC")
    assert [each.media_type for each in (broken, nothing, large)] == ["text/plain"] * 3
    assert (broken.content, broken.text, large.content) == (b"C1CC", "", b"C" * 151)
    assert shown("C" * 150)[0].media_type == "image/svg+xml"


@pytest.mark.extras("rdkit", "selfies")
def test_selfies_are_drawn_as_the_molecule_that_they_are():
    (one,), (two,) = shown("[C][C][O]", notation="selfies"), shown("CCO")
    assert (one.content, one.text) == (two.content, "[C][C][O]")


@pytest.mark.extras("rdkit")
@pytest.mark.parametrize(
    ("plain", "numbered"),
    [
        ("CO", "[CH3:1]O"),
        ("CO", "[OH:7][CH3:2]"),
        ("C", "[CH4:1]"),
        ("O", "[H:1]O[H:2]"),
        ("CC(C)O", "[CH3:1][C@H]([CH3:2])O"),  # the numbers alone make a stereocentre,
        ("CC(C)=CF", "[CH3:1]/C([CH3:2])=C/F"),  # or a double bond with two sides
        ("F[C@H](Cl)Br", "F[C@H:3](Cl)Br"),
    ],
)
def test_atom_map_numbers_are_no_part_of_a_molecule(plain, numbered):
    one, other = Molecule().same(Samples.of("molecule", (plain, numbered), notation="smiles"))
    assert one == other


@pytest.mark.extras("rdkit")
def test_molecules_with_atom_map_numbers_stay_different():
    texts = ("[CH3:1]O", "[CH3:1]N", "F[C@H:1](Cl)Br", "F[C@@H:1](Cl)Br", "[CH3:1]", "C", "[C")
    assert len(set(Molecule().same(Samples.of("molecule", texts, notation="smiles")))) == len(texts)


def test_molecules_are_texts_where_no_package_reads_them(monkeypatch):
    def absent(_):
        raise Absent("no rdkit")

    monkeypatch.setattr(module, "molecules", absent)
    (only,) = shown("CCO")
    assert (only.media_type, only.content) == ("text/plain", b"CCO")
