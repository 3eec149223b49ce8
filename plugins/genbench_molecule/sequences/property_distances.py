"""Metrics `gc-distance` and `peptide-properties`: Wasserstein distances between properties of sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Samples, Undefined
from genbench_molecule.sequences.alphabets import alphabet_of
from genbench_molecule.sequences.protein_properties import PROPERTIES, Proteins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = ["gc_content", "gc_distance", "peptide_properties"]


def gc_distance(real: Samples, fake: Samples) -> float:
    """Return the Wasserstein distance of the GC content of real and fake DNA or RNA, in [0, 1]; 0 is best.

        integral over t of |F(t) - G(t)|, F and G the distribution functions of `gc_content`

    real, fake  sequences

    It is biased upwards at small n: compare at equal n.

    Raises Undefined for proteins, and if no sequence of a side has a nucleotide that tells.
    """
    from scipy.stats import wasserstein_distance

    alphabet = alphabet_of(real, fake)
    if not alphabet.has_complement:
        raise Undefined(f"GC content belongs to DNA and RNA; the sequences are {alphabet.name}")
    contents = [gc_content(side.data) for side in (real, fake)]
    if not all(map(len, contents)):
        raise Undefined("a side has no sequence with A, C, G, T or U")
    return float(wasserstein_distance(*contents))


def gc_content(texts: Iterable[str]) -> Reals:
    """Return the share of G, C and S among these and A, T, U and W, (m,) float64 in [0, 1].

    Other codes may be either, and are left out, as is a sequence that has nothing else.
    """
    strong = np.array([[sum(map(text.count, letters)) for letters in ("GCS", "ATUW")] for text in texts])
    totals = strong.sum(axis=1)
    shares: Reals = strong[totals > 0, 0] / totals[totals > 0]
    return shares


def peptide_properties(real: Samples, fake: Samples) -> dict[str, float]:
    """Return the Wasserstein distances of five properties of real and fake proteins, each >= 0; 0 is best.

        integral over t of |F(t) - G(t)|, F and G the distribution functions of a property

    - `peptide-weight`, in daltons
    - `peptide-isoelectric-point`, in units of pH
    - `peptide-instability`, of the instability index
    - `peptide-hydropathy`, of the mean hydropathy (GRAVY)
    - `peptide-aromaticity`, of the share of F, W and Y

    real, fake  sequences

    Characters that are no plain amino acid are left out, and so are sequences without any. The distances are
    biased upwards at small n: compare at equal n. The tables are those of Biopython: it needs
    genbench[sequences].

    Raises Undefined for DNA and RNA, and if a side has no plain amino acid.
    """
    from scipy.stats import wasserstein_distance

    alphabet = alphabet_of(real, fake)
    if alphabet.has_complement:
        raise Undefined(f"these are properties of proteins; the sequences are {alphabet.name}")
    sides = [Proteins.of(side.data) for side in (real, fake)]
    if not all(map(len, sides)):
        raise Undefined("a side has no sequence with a plain amino acid")
    return {
        f"peptide-{name.replace('_', '-')}": float(
            wasserstein_distance(*(getattr(side, name) for side in sides))
        )
        for name in PROPERTIES
    }
