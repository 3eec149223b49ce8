"""The dataset `smiles-file`."""

from __future__ import annotations

import sys

import pytest
from genbench_molecule.chemistry.molecules import load_rdkit, parse
from genbench_molecule.datasets.smiles_file import FIRST_WORDS, smiles_file

from genbench import DataError, open_samples, score
from genbench.core.splits import split

needs_rdkit = pytest.mark.extras("rdkit")


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@needs_rdkit
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.smi", "CCO ethanol\nCCN\tamine 2\nC\n\n"),
        ("a.SMILES", "CCO\r\nCCN\r\nC\r\n"),
        ("a.txt", "CCO\nCCN\nC\n"),
        ("a.csv", 'id,smiles\n1,CCO\n2,"CCN"\n3,C\n'),
        ("a.jsonl", '{"smiles": "CCO"}\n"CCN"\n"C"\n'),
    ],
)
def test_each_form_of_a_file_is_read(name, text, tmp_path):
    found = smiles_file(path=written(tmp_path, name, text)).samples
    assert found.data == ("CCO", "CCN", "C")
    assert found.space.modality == "molecule"
    assert found.space.get("notation") == "smiles"


@needs_rdkit
def test_another_column_is_named_by_an_option(tmp_path):
    path = written(tmp_path, "a.csv", "SMILES,split\nCCO,train\n")
    assert smiles_file(path=path, field="SMILES").samples.data == ("CCO",)
    reason = r"^a\.csv, line 1 has no column 'smiles', it has \['SMILES', 'split'\]"
    with pytest.raises(DataError, match=reason):
        smiles_file(path=path)


@needs_rdkit
def test_an_invalid_molecule_is_refused_by_number_or_kept(tmp_path):
    path = written(tmp_path, "a.smi", "CCO\nC1CC\nCCN\nC(\n")
    with pytest.raises(DataError, match=r"^a\.smi: molecule 2, 'C1CC', is no molecule that rdkit can read"):
        smiles_file(path=path)
    assert smiles_file(path=path, invalid="keep").samples.data == ("CCO", "C1CC", "CCN", "C(")


@needs_rdkit
@pytest.mark.parametrize("name", ["a.smi", "a.txt"])
def test_a_blank_line_is_a_string_that_is_no_molecule_unless_it_ends_the_file(name, tmp_path):
    path = written(tmp_path, name, "\nCCO\n \t\r\nCCN\n\n \n")
    assert smiles_file(path=path, invalid="keep").samples.data == ("", "CCO", "", "CCN")
    reason = rf"^{name}: molecule 1, '', is no molecule that rdkit can read; take"
    with pytest.raises(DataError, match=reason):
        smiles_file(path=path)


@needs_rdkit
@pytest.mark.parametrize(("name", "stated"), [("a.smi", None), ("a.txt", "molecule")])
def test_a_model_gains_no_validity_by_a_blank_line(name, stated, tmp_path):
    good = written(tmp_path, "good.smi", "CCO\nCCN\n")
    bad = written(tmp_path, name, "CCO\n\nCCN\n\nC\n\n")
    modality = None if stated is None else {"use": stated, "notation": "smiles"}
    assert score(fake=bad, real=good, metrics="validity", modality=modality)["validity"].value == 0.6


@needs_rdkit
def test_a_string_beyond_the_limit_is_refused_by_the_limit_and_shown_cut(tmp_path):
    path = written(tmp_path, "a.smi", f"CCO\n{'C' * 5001}\n")
    with pytest.raises(
        DataError,
        match=r"^a\.smi: molecule 2, 'C{39}…', has 5,001 characters, and genbench reads at most 5,000 of a "
        r'molecule; take it out, or set the option invalid = "keep"$',
    ):
        smiles_file(path=path)
    whole = written(tmp_path, "b.smi", f"{'(' * 40}\n")
    with pytest.raises(DataError, match=r"^b\.smi: molecule 1, '\({40}', is no molecule that rdkit can read"):
        smiles_file(path=whole)


@pytest.mark.parametrize(
    "first",
    ["smiles", "SMILES name", "smiles,id", "Smiles\tid", "canonical_smiles", "id;SMILES_string", "id smiles"],
)
@pytest.mark.parametrize("name", ["a.smi", "a.txt"])
def test_a_header_is_refused_and_not_counted_as_an_invalid_molecule(first, name, tmp_path):
    path = written(tmp_path, name, f"{first}\nCCO\n")
    for invalid in ("refuse", "keep"):
        reason = r"^a\.\w+: the first line is a header, '\w*(?i:smiles)\w*'; .* as \.csv$"
        with pytest.raises(DataError, match=reason):
            smiles_file(path=path, invalid=invalid)


@pytest.mark.parametrize(
    ("first", "word"),
    [
        ("#SMILES Name", "SMILES"),
        ('"smiles"', "smiles"),
        ('"smiles","id"', "smiles"),
        ("cxsmiles", "cxsmiles"),
        ("structure name", "structure"),
        ("# Name", "Name"),
        ("ID", "ID"),
        ("'mol'", "mol"),
        ("smi\tname", "smi"),
        ("ROMol", "ROMol"),
    ],
)
@pytest.mark.parametrize("name", ["a.smi", "a.txt"])
def test_words_of_a_header_in_quotes_or_without_smiles_are_a_header_too(first, word, name, tmp_path):
    path = written(tmp_path, name, f"{first}\nCCO\n")
    with pytest.raises(DataError, match=rf"^a\.\w+: the first line is a header, '{word}'; expected a SMILES"):
        smiles_file(path=path, invalid="keep")


@needs_rdkit
def test_no_word_of_a_header_is_a_molecule():
    assert not any(parse(each) for word in FIRST_WORDS for each in (word, word.upper(), word.title()))


def test_a_header_below_blank_lines_is_refused_too(tmp_path):
    with pytest.raises(DataError, match=r"^a\.smi: the first line is a header, 'smiles'; expected a SMILES"):
        smiles_file(path=written(tmp_path, "a.smi", "\n \nsmiles\nCCO\n"), invalid="keep")


@pytest.mark.parametrize("first", ["foo", "C1CC name", "##", "XYZ id", "#CC", "Names2"])
def test_the_invalid_first_string_of_a_generator_is_no_header(first, tmp_path):
    path = written(tmp_path, "a.smi", f"{first}\nCCO\n")
    assert smiles_file(path=path, invalid="keep").samples.data == (first.split()[0], "CCO")


def test_names_and_later_lines_are_no_header(tmp_path):
    path = written(tmp_path, "a.smi", "CCO my-smiles-1 smiles1\nsmiles\n")
    assert smiles_file(path=path, invalid="keep").samples.data == ("CCO", "smiles")


def test_a_file_without_molecules_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"^a\.smi has no molecules; expected at least one SMILES"):
        smiles_file(path=written(tmp_path, "a.smi", "\n \n"))


@pytest.mark.extras("rdkit", "selfies")
def test_a_notation_translates(tmp_path):
    path = written(tmp_path, "a.smi", "CCO\nC1CC\n")
    with pytest.raises(DataError, match=r"^a\.smi: molecule 2, 'C1CC', cannot be written as SELFIES"):
        smiles_file(path=path, notation="selfies", invalid="keep")
    found = smiles_file(path=written(tmp_path, "a.smi", "CCO\n"), notation="selfies").samples
    assert found.data == ("[C][C][O]",)
    assert found.space.get("notation") == "selfies"


MOLECULES = (
    ("CCO", "OCC", "C(O)C"),
    ("c1ccccc1O", "Oc1ccccc1"),
    ("C[C@H](N)C(=O)O", "N[C@@H](C)C(=O)O"),
    ("C[C@@H](N)C(=O)O", "N[C@H](C)C(=O)O"),
    ("C1CC",),
    *((f"{'C' * carbons}N", f"N{'C' * carbons}") for carbons in range(1, 30)),
)


@needs_rdkit
def test_all_smiles_of_a_molecule_are_in_one_split(tmp_path):
    spelled = [text for texts in MOLECULES for text in texts]
    path = written(tmp_path, "a.smi", "\n".join(spelled) + "\n")
    parts = split(smiles_file(path=path, invalid="keep"), {"train": 1, "test": 1, "held_out": 1})
    side = {text: name for name, part in parts.items() for text in part.data}
    assert all(len({side[text] for text in texts}) == 1 for texts in MOLECULES)
    assert min(map(len, parts.values())) >= len(spelled) // 3 - 2


@pytest.mark.extras("rdkit", "selfies")
def test_selfies_of_a_molecule_are_in_one_split_too(tmp_path):
    path = written(tmp_path, "a.smi", "CCO\nO[CH2:7]C\nCCN\n")
    data = smiles_file(path=path, notation="selfies").grouped()
    assert data.samples.data == ("[C][C][O]", "[O][CH2][C]", "[C][C][N]")
    assert data.groups == ["CCO", "CCO", "CCN"]


def test_outputs_of_a_generator_may_be_invalid(tmp_path):
    path = written(tmp_path, "a.smi", "CCO\nC1CC\n")
    assert open_samples(path, "molecule").data == ("CCO", "C1CC")


@needs_rdkit
def test_only_the_reference_of_a_score_has_to_be_valid(tmp_path):
    good = written(tmp_path, "a.smi", "CCO\nCCN\n")
    bad = written(tmp_path, "b.smi", "CCO\nC1CC\n")
    assert score(fake=bad, real=good, metrics="validity")["validity"].value == 0.5
    with pytest.raises(DataError, match=r"^real: .*b\.smi: molecule 2, 'C1CC', is no molecule"):
        score(fake=good, real=bad, metrics="validity")


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    load_rdkit.cache_clear()
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setitem(sys.modules, "rdkit.RDConfig", None)
    with pytest.raises(DataError, match=r"^a\.smi: molecules need the package rdkit; run `pip install"):
        smiles_file(path=written(tmp_path, "a.smi", "CCO\n"))


@needs_rdkit
def test_each_molecule_that_is_checked_is_logged(tmp_path):
    path, told = tmp_path / "a.smi", []
    path.write_text("CCO\nCC\nC\nCCC\n")
    smiles_file(path=path, log=lambda *step: told.append(step))
    assert told == [(part, 1000) for part in (0, 250, 500, 750, 1000)]
