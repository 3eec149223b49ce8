"""Damage that needs to know molecules: one scaffold repeated, and other orders of the atoms."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_molecule.chemistry.molecules import canonical, load_rdkit, molecules, to_selfies

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["copies_rewritten", "rewritten", "scaffold_repeated"]

_SEEDS = 2**31 - 1  # seeds of rdkit


def scaffold_repeated(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return molecules of which the share `level` is replaced by others that have one scaffold.

    The scaffold, Bemis and Murcko's, is the most frequent one of `real`, and of two as frequent the first in
    alphabetical order; its molecules are drawn with replacement. Raises Undefined if no molecule has a ring.
    """
    load_rdkit()
    from rdkit.Chem.Scaffolds import MurckoScaffold

    found = [
        "" if molecule is None else canonical(MurckoScaffold.GetScaffoldForMol(molecule))
        for molecule in molecules(real)
    ]
    counts = Counter(filter(None, found))
    if not counts:
        raise Undefined("no molecule has a ring, and thus a scaffold; expected at least one with a ring")
    scaffold = min(counts, key=lambda text: (-counts[text], text))
    known = np.flatnonzero([text == scaffold for text in found])
    source = np.arange(len(real))
    replaced = rng.choice(len(real), size=round(level * len(real)), replace=False)
    source[replaced] = rng.choice(known, size=len(replaced))
    return real.take(source)


def copies_rewritten(real: Samples, train: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return molecules of which the share `level` is replaced by training molecules in other orders.

    The copies are written as by `rewritten`, and drawn without replacement while there are enough. Labels
    stay in their places.
    """
    count = round(level * len(real))
    copied = rng.choice(len(train), size=count, replace=count > len(train))
    copies = rewritten(train.take(copied), 1.0, rng).data
    data = list(real.data)
    for place, text in zip(rng.choice(len(real), size=count, replace=False), copies, strict=True):
        data[place] = text
    return replace(real, data=tuple(data))


def rewritten(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return the same molecules, the share `level` of them written from another atom, in a random order.

    A string that is no molecule stays as it is.
    """
    is_chosen = rng.random(len(real)) < level
    seeds = rng.integers(_SEEDS, size=len(real)).tolist()
    encode = to_selfies() if real.space.get("notation") == "selfies" else str
    data = list(real.data)
    for place, (molecule, seed) in enumerate(zip(molecules(real), seeds, strict=True)):
        if molecule is not None and is_chosen[place]:
            data[place] = encode(_random(molecule, seed)) or data[place]
    return replace(real, data=tuple(data))


def _random(molecule: Any, seed: int) -> str:
    from rdkit import Chem

    (smiles,) = Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=seed)
    return str(smiles)
