"""Strings in text files, as samples of the modality that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench import DataError, Space
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.trial.reading.string_files import is_string_file, read_strings, write_modality_option

MODALITIES = list_modalities(load_catalog(only=["genbench"]))
MOLECULES = find_modality(MODALITIES, "molecule")
SMILES = Space("molecule", notation="smiles", longest=2)


def test_only_modalities_of_strings_have_files_of_strings():
    assert is_string_file(Path("a.TXT"), MOLECULES)
    assert not is_string_file(Path("a.smi"), MOLECULES)
    assert not is_string_file(Path("a.csv"), find_modality(MODALITIES, "table"))


def test_lines_are_samples_with_the_parameters_that_the_modality_declares(tmp_path):
    (tmp_path / "out.txt").write_text("CCO\nc1ccccc1\n")
    read = read_strings(tmp_path / "out.txt", MOLECULES, SMILES)
    assert read.data == ("CCO", "c1ccccc1")
    assert read.space == Space("molecule", notation="smiles")  # the longest sample beside it is no limit


def test_a_blank_line_is_a_sample_where_the_modality_says_so(tmp_path):
    (tmp_path / "out.txt").write_text("C\n\nN\n\n")
    assert read_strings(tmp_path / "out.txt", MOLECULES, SMILES).data == ("C", "", "N")
    assert read_strings(tmp_path / "out.txt", find_modality(MODALITIES, "text")).data == ("C", "N")


def test_the_column_of_a_csv_file_can_be_named(tmp_path):
    (tmp_path / "out.csv").write_text("id,smiles\n1,CCO\n")
    assert read_strings(tmp_path / "out.csv", MOLECULES, SMILES, "smiles").data == ("CCO",)


@pytest.mark.parametrize("space", [None, Space("molecule")])
def test_a_parameter_that_is_missing_is_asked_for(space, tmp_path):
    (tmp_path / "out.txt").write_text("CCO\n")
    reason = r"^out\.txt does not say the notation .*, such as --modality 'molecule notation=smiles'$"
    with pytest.raises(DataError, match=reason):
        read_strings(tmp_path / "out.txt", MOLECULES, space)


@pytest.mark.parametrize(
    ("modality", "name", "content", "space", "words"),
    [
        ("molecule", "a.txt", "CCO", None, "'molecule notation=smiles'"),
        ("molecule", "a.csv", "id,SMILES,qed\n", None, "'molecule notation=smiles field=SMILES'"),
        ("molecule", "a.csv", "id,text\n", None, "'molecule notation=smiles'"),
        (
            "molecule",
            "a.jsonl",
            '{"name": 1, "s": "C"}',
            Space("molecule", notation="selfies"),
            "'molecule notation=selfies field=…'",
        ),
        ("sequence", "a.txt", "ACGT", None, "sequence"),
        ("sequence", "a.csv", "id,sequence", None, "'sequence field=sequence'"),
    ],
)
def test_a_modality_s_statement_has_what_the_file_lacks(modality, name, content, space, words, tmp_path):
    (tmp_path / name).write_text(content)
    assert (
        write_modality_option(find_modality(MODALITIES, modality), tmp_path / name, space)
        == f"--modality {words}"
    )


def test_the_statement_of_a_modality_is_its_name_where_a_reader_says_the_rest():
    assert write_modality_option(MOLECULES, None) == "--modality molecule"
