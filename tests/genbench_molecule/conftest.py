"""The molecules and sequences on which reference values are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genbench import Samples

MOLECULES = Path(__file__).parent / "data" / "inputs_smiles.json"
SEQUENCES = Path(__file__).parent / "sequences" / "data" / "inputs_sequences.json"
KINDS = {"dna": "dna", "pep": "protein"}


def quiet(step, total):
    """Show nothing."""


@pytest.fixture(scope="session")
def log():
    return quiet


@pytest.fixture(scope="session")
def sets():
    """Return the reference sets of molecules as samples."""
    texts = json.loads(MOLECULES.read_text("utf-8"))
    return {name: Samples.of("molecule", found, notation="smiles") for name, found in texts.items()}


@pytest.fixture(scope="session")
def smiles():
    """Return a function from SMILES to samples."""
    return lambda *texts, notation="smiles": Samples.of("molecule", texts, notation=notation)


@pytest.fixture(scope="session")
def stored():
    """Return stored sequences by name, such as dna_real, as samples."""
    inputs = json.loads(SEQUENCES.read_text(encoding="utf-8"))
    return {
        name: Samples.of("sequence", texts, alphabet=KINDS[name.split("_")[0]])
        for name, texts in inputs.items()
    }


@pytest.fixture(scope="session")
def sides(stored):
    """Return a function of "dna" or "pep" to the real and the fake sequences."""
    return lambda kind: (stored[f"{kind}_real"], stored[f"{kind}_gen"])
