"""Stored sequences, and the values that other programs gave for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genbench import Samples

DATA = Path(__file__).parent / "sequences" / "data"
KINDS = {"dna": "dna", "pep": "protein"}


@pytest.fixture(scope="session")
def stored():
    """Return stored sequences by name, such as dna_real, as samples."""
    inputs = json.loads((DATA / "inputs_sequences.json").read_text(encoding="utf-8"))
    return {
        name: Samples.of("sequence", texts, alphabet=KINDS[name.split("_")[0]])
        for name, texts in inputs.items()
    }


@pytest.fixture(scope="session")
def sides(stored):
    """Return a function of "dna" or "pep" to the real and the fake sequences."""
    return lambda kind: (stored[f"{kind}_real"], stored[f"{kind}_gen"])
