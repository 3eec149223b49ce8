"""The modality `molecule`."""

from __future__ import annotations

import numpy as np

from genbench import Absent, Data, Rendering, Samples, Strings
from genbench_molecule.chemistry.molecules import molecules
from genbench_molecule.modality.drawing import MOST_ATOMS, drawn

__all__ = ["Molecule"]

_GROUPS = ("C", "CC", "C(C)", "C(O)", "C(F)", "N", "CO", "C(=O)N", "c1ccc(cc1)")
_ENDS = ("C", "O", "F", "Cl", "C#N", "C(=O)O", "c1ccccc1")
_RING = "c1"  # the beginning of an aromatic ring
_LONGEST = 6  # groups of a molecule between its ends


class Molecule(Strings):
    """Molecules in a notation."""

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return the structural formula in SVG, beside its string as a text.

        A string that is no molecule, or one of many atoms, is shown as plain text, and so is any string where
        a package that reads it is not installed.
        """
        text = samples.data[number]
        try:
            (molecule,) = molecules(samples.take(np.array([number])))
        except Absent:  # a page shows molecules without rdkit, too
            molecule = None
        if molecule is None or molecule.GetNumAtoms() > MOST_ATOMS:
            return Rendering("text/plain", text.encode())
        return Rendering("image/svg+xml", drawn(molecule), text=text)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return small organic molecules as SMILES: chains of common groups, whose valences are right.

        The label says whether a molecule has an aromatic ring.
        """
        chains = [
            ["C", *rng.choice(_GROUPS, size=rng.integers(1, _LONGEST + 1)), rng.choice(_ENDS)]
            for _ in range(n)
        ]
        texts = ["".join(chain) for chain in chains]
        labels = [int(_RING in text) for text in texts]
        classes = ("aliphatic", "aromatic")
        return Data(Samples.of("molecule", texts, labels, classes=classes, notation="smiles"))
