"""Share of strings that are molecules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench import Score
from genbench_molecule.chemistry.molecules import molecules, quote

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["validity"]

_NONE = "no fake is a molecule: if they are from a file, check which column is read, and the notation"


def validity(real: Samples, fake: Samples) -> Score:
    """Return the share of `fake` that are molecules, in [0, 1]; higher is better.

    real, fake  strings in SMILES or SELFIES. A string is a molecule if rdkit parses and sanitises it; the
                empty string is none, and every string of known SELFIES symbols is one

    It says nothing about quality: methane alone scores 1. If `real` has strings that are no molecules, the
    extra holds a `warning` with their number and the first of them: metrics on molecules leave these out. A
    `warning` says, too, if no fake is a molecule.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    valid = sum(molecule is not None for molecule in molecules(fake))
    caution = "; ".join(filter(None, ("" if valid else _NONE, _caution(real))))
    return Score(valid / len(fake), extra={"warning": caution} if caution else {})


def _caution(real: Samples) -> str:
    invalid = [number for number, molecule in enumerate(molecules(real), 1) if molecule is None]
    if not invalid:
        return ""
    text = quote(real.data[invalid[0] - 1])
    return (
        f"{len(invalid)} of {len(real)} real strings are no molecules, and count nowhere; the first is "
        f"number {invalid[0]}, {text}: take them out"
    )
