"""The input of ChemNet."""

from __future__ import annotations

import numpy as np
from genbench_molecule.chemnet.characters import LENGTH, SYMBOLS, length, one_hot


def test_each_symbol_has_its_row_and_the_end_is_a_full_stop():
    found = one_hot(["CClBrSi"], 8)[0]
    assert [SYMBOLS[row] for row in found.argmax(axis=0)[:5]] == ["C", "Cl", "Br", "Si", "."]
    assert (found[:, 5:] == 0).all()
    assert set(np.unique(found).tolist()) == {0.0, float(np.float32(1 / 35))}


def test_unknown_characters_share_a_row():
    found = one_hot(["Z\n9"], 4)[0]
    assert [SYMBOLS[row] for row in found.argmax(axis=0)] == ["X", "X", "X", "."]


def test_only_long_strings_have_more_positions():
    assert length("C" * 349) == LENGTH == 350
    assert length("C" * 350) == 351
