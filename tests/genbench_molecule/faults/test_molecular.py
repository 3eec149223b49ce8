"""Damage that needs to know molecules."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.molecules import canonical, molecules
from genbench_molecule.faults.molecular import copies_rewritten, rewritten, scaffold_repeated

from genbench import Samples, Undefined

pytestmark = pytest.mark.extras("rdkit")


def identities(samples):
    return [molecule and canonical(molecule) for molecule in molecules(samples)]


def test_rewritten_molecules_are_the_same_in_other_strings(sets, rng):
    found = rewritten(sets["test"], 1.0, rng)
    assert identities(found) == identities(sets["test"])
    assert sum(one != two for one, two in zip(found.data, sets["test"].data, strict=True)) > 290


def test_what_is_no_molecule_stays(smiles, rng):
    assert rewritten(smiles("C1CC", "OCC"), 1.0, rng).data[0] == "C1CC"


def test_rewriting_repeats_at_one_seed(sets):
    one, two = (rewritten(sets["test"], 0.5, np.random.default_rng(3)).data for _ in range(2))
    assert one == two


@pytest.mark.extras("selfies")
def test_selfies_are_rewritten_as_selfies(rng):
    real = Samples.of("molecule", ("[C][C][O]", "[O][C][C][N]"), notation="selfies")
    found = rewritten(real, 1.0, rng)
    assert identities(found) == identities(real)


def test_copies_are_training_molecules_in_other_strings(sets, rng):
    real, train = sets["test"], sets["train"]
    found = copies_rewritten(real, train, 0.5, rng)
    known = set(identities(train)) - set(identities(real))
    copied = [name in known for name in identities(found)]
    assert sum(copied) == 150
    assert (
        len(set(np.array(found.data)[copied]) & set(train.data)) < 10
    )  # a random order may be that of train


def test_one_scaffold_fills_its_share(smiles, rng):
    real = smiles("Cc1ccccc1", "Oc1ccccc1", "C1CC1C", "CCO", "CCN", "CCCC", "CN", "CF", "O", "N", "F", "Cl")
    found = scaffold_repeated(real, 1.0, rng)
    assert set(found.data) == {"Cc1ccccc1", "Oc1ccccc1"}
    kept = scaffold_repeated(real, 0.5, rng)
    assert sum(one == two for one, two in zip(kept.data, real.data, strict=True)) >= 6


def test_molecules_without_rings_have_no_scaffold(smiles, rng):
    with pytest.raises(Undefined, match="no molecule has a ring"):
        scaffold_repeated(smiles("CCO", "C"), 0.5, rng)
