from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from genbench_molecule.modality.molecule import _round_path, draw_molecule

pytestmark = pytest.mark.extras("rdkit")

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def of(smiles):
    from rdkit import Chem

    return draw_molecule(Chem.MolFromSmiles(smiles)).decode()


def elements(smiles):
    return list(ET.fromstring(of(smiles)).iter())  # noqa: S314 - the code under test wrote it


def letters(smiles):
    return sorted("".join(element.text or "" for element in elements(smiles)))


def lines(smiles):
    """Return the numbers of strokes of each colour, without the joints of carbons, which have two parts."""
    return {
        colour: len(re.findall(r"M[-\d ]+L[-\d ]+(?=M|$)", data))
        for colour, data in re.findall(r'stroke="(#\w+)"[^>]*d="([^"]*)"', of(smiles))
    }


def test_a_drawing_is_the_same_bytes_each_time_and_small():
    assert of(ASPIRIN) == of(ASPIRIN)
    assert len(of(ASPIRIN)) < 1500  # rdkit's own file has 6 times as many


def test_letters_are_those_of_the_atoms_that_are_no_carbon():
    assert letters(ASPIRIN) == sorted("OOOOH")
    assert letters("C[N+](C)(C)CC(=O)[O-]") == sorted("N+OO-")
    assert letters("[13CH4]") == sorted("13CH4")


def test_each_bond_is_drawn_by_as_many_lines_as_its_order_and_half_in_the_colour_of_each_end():
    assert lines("CC") == {"#000000": 1}
    assert lines("C=C") == {"#000000": 2}
    assert lines("CC#CC") == {"#000000": 5}
    assert lines("CO") == {"#000000": 1, "#e50000": 1}
    assert lines("c1ccccc1") == {"#000000": 9}


def test_letters_of_common_elements_have_a_contrast_of_at_least_4_5_on_white():
    def luminance(colour):
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            (part + 0.055) ** 2.4 / 1.055**2.4 if part > 0.03928 else part / 12.92 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    colours = set(re.findall(r'text fill="(#\w+)"', of("OCN(CF)CSCP(CCl)CBr")))
    assert len(colours) == 7
    assert min(1.05 / (luminance(colour) + 0.05) for colour in colours) >= 4.5  # WCAG 2.2, 1.4.3


def test_a_stereo_bond_is_a_wedge_and_its_mirror_image_another_drawing():
    assert of("N[C@@H](C)C(=O)O") != of("N[C@H](C)C(=O)O")
    assert of("C/C=C/C") != of("C/C=C\\C")


def test_bonds_have_one_length_where_there_is_room():
    def length(smiles):
        (x, y), (u, v) = (
            map(int, pair.split()) for pair in re.search(r"M([\d ]+)L([\d ]+)", of(smiles)).groups()
        )
        return ((x - u) ** 2 + (y - v) ** 2) ** 0.5

    assert length("CC") == pytest.approx(1.5 * 64, abs=1.5)  # ångströms; places are whole
    assert length("CCC") == pytest.approx(1.5 * 64, abs=1.5)
    assert length("C" * 40) < 32


def test_a_drawing_has_no_script_no_link_and_no_ground():
    tags = {element.tag.rpartition("}")[2] for element in elements(ASPIRIN)}
    assert tags == {"svg", "path", "text"}
    assert "href" not in of(ASPIRIN)


def test_numbers_of_paths_are_whole():
    assert _round_path("M 8.0,65.7 L -31.4,59.4 Z") == "M8 66L-31 59Z"


def test_the_label_of_an_atom_is_a_text_and_no_markup():
    found = ET.fromstring(of("CC* |$;;<script>a&b</script>$|"))  # noqa: S314 - the code under test wrote it
    assert {element.tag.rpartition("}")[2] for element in found.iter()} == {"svg", "path", "text"}
    assert "<script>a&b</script>" in "".join(found.itertext())
