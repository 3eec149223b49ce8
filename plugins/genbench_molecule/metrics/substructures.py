"""Cosine similarity of the counts of substructures: BRICS fragments and scaffolds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined
from genbench_molecule.chemistry.text_numbers import COLUMNS, keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fragment_similarity", "scaffold_similarity"]


def fragment_similarity(real: NDArray[np.float32], fake: NDArray[np.float32]) -> float:
    """Return the cosine similarity of the counts of BRICS fragments, in [0, 1]; higher is better.

        sum of a b / sqrt(sum of a^2 * sum of b^2)      a, b the counts of each fragment in real and fake

    real, fake  (m, 3 k) and (n, 3 k) hashes of the fragments of each molecule, zeros after the last

    Frequent fragments decide it: a rare one that is missing does not show. Raises Undefined without a valid
    molecule on both sides.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4, Frag.
    """
    return _cosine(real, fake, "fragment")


def scaffold_similarity(real: NDArray[np.float32], fake: NDArray[np.float32]) -> float:
    """Return the cosine similarity of the counts of Bemis-Murcko scaffolds, in [0, 1]; higher is better.

        sum of a b / sqrt(sum of a^2 * sum of b^2)      a, b the counts of each scaffold in real and fake

    real, fake  (m, 3) and (n, 3) hashes of the scaffold of each molecule, zeros for fewer than two rings

    It rises with the number of molecules, since most scaffolds are rare: compare at equal n, and with the
    row held-out. Raises Undefined if no molecule of a side has a scaffold.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4, Scaf; Bemis and Murcko 1996
    (doi:10.1021/jm9602928).
    """
    return _cosine(real, fake, "scaffold")


def _cosine(real: NDArray[np.float32], fake: NDArray[np.float32], what: str) -> float:
    sides = [_present(side) for side in (real, fake)]
    for name, rows in zip(("real", "fake"), sides, strict=True):
        if not len(rows):
            raise Undefined(f"no {name} molecule has a {what}")
    known, place = np.unique(keys(np.concatenate(sides)), return_inverse=True)
    a, b = (
        np.bincount(part, minlength=len(known)).astype(np.float64)
        for part in np.split(place, [len(sides[0])])
    )
    return min(1.0, float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))))


def _present(side: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the hashes (k, 3) of a side that are not empty."""
    rows = side.reshape(-1, COLUMNS)
    return rows[rows.any(axis=1)]
