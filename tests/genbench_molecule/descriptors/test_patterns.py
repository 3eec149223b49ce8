"""The search for many substructures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from genbench_molecule.chemistry.molecules import molecules, parse
from genbench_molecule.descriptors.moses_filters import Patterns, patterns

pytestmark = pytest.mark.extras("rdkit")


def slowly(found, molecule):
    return any(molecule.HasSubstructMatch(query) for query in found.queries)


def test_a_match_is_found_and_nothing_else():
    from rdkit import Chem

    found = Patterns.of([Chem.MolFromSmarts(text) for text in ("c1ccccc1O", "[#7]=[#7]", "[F,Cl].[F,Cl]")])
    assert [found.match(parse(text)) for text in ("Oc1ccccc1C", "CN=NC", "FCCCl", "CCO", "FCC")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.extras("moses")
def test_the_fingerprint_rules_out_no_match(sets):
    """rdkit ships 10,000 molecules that were tested for PAINS; every tenth is compared here."""
    from rdkit import Chem, RDConfig

    found = Patterns.of(patterns())
    with Path(RDConfig.RDDataDir, "Pains", "test_data", "wehi_mols.csv").open(newline="") as file:
        known = [parse(row[0]) for number, row in enumerate(csv.reader(file)) if number % 10 == 0]
    several = [Chem.AddHs(each) for each in (*known, *molecules(sets["gen"])) if each is not None]
    answers = [found.match(each) for each in several]
    assert answers == [slowly(found, each) for each in several]
    assert sum(answers) > 100
