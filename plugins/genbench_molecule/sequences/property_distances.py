"""Metrics `gc-distance` and `peptide-properties`: Wasserstein distances between properties of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from genbench import Samples, Undefined
from genbench_molecule.sequences.alphabets import AMINO_ACIDS, alphabet_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = [
    "PROPERTIES",
    "Proteins",
    "gc_content",
    "gc_distance",
    "nucleotide_options",
    "peptide_properties",
    "protein_options",
]  # fmt: skip

_WATER = 18.0153  # average mass in daltons
_AROMATIC = "FWY"

_LEAST_PH, _MOST_PH, _FIRST_PH = 4.05, 12.0, 7.775  # where Biopython's search begins

_PH_WIDTH = 1e-4  # of the interval at which the search ends

#: The properties by their names, each a method of `Proteins`.
PROPERTIES = ("weight", "isoelectric_point", "instability", "hydropathy", "aromaticity")


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
        raise Undefined("a side has no sequence with A, C, G, T or U; expected DNA or RNA")
    return float(wasserstein_distance(*contents))


def nucleotide_options(fake: Samples, _n: int) -> dict[str, Any] | None:
    """Return the options of a report on DNA or RNA, none; None for proteins, which have no such property."""
    return {} if alphabet_of(fake).has_complement else None


def protein_options(fake: Samples, _n: int) -> dict[str, Any] | None:
    """Return the options of a report on proteins, none; None for DNA and RNA."""
    return None if alphabet_of(fake).has_complement else {}


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
        raise Undefined("a side has no sequence with a plain amino acid; expected proteins")
    return {
        f"peptide-{name.replace('_', '-')}": float(
            wasserstein_distance(*(getattr(side, name) for side in sides))
        )
        for name in PROPERTIES
    }


# Properties of proteins: weight, isoelectric point, instability, hydropathy and aromaticity.
#
# The tables are those of Biopython, whose own functions take one protein at a time: four times as long.


@dataclass(frozen=True, eq=False)
class Proteins:
    """The plain residues of n proteins; other characters are left out.

    counts       (n, 20) int64, of each amino acid
    first, last  the first and the last residue of each
    pairs        (n,) float64, the sum of the instability of successive residues
    """

    counts: NDArray[np.int64]
    first: tuple[str, ...]
    last: tuple[str, ...]
    pairs: Reals

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Return the residues of proteins; one without plain residues is left out."""
        from Bio.SeqUtils.ProtParamData import DIWV

        known = set(AMINO_ACIDS)
        plain = [text if set(text) <= known else "".join(c for c in text if c in known) for text in texts]
        kept = [text for text in plain if text]
        table = np.zeros(128, np.int64)
        table[list(AMINO_ACIDS.encode())] = np.arange(len(AMINO_ACIDS))
        counts = np.zeros((len(kept), len(AMINO_ACIDS)), np.int64)
        pairs, instability = (np.zeros(len(kept)), np.array([_table(DIWV[letter]) for letter in AMINO_ACIDS]))
        for number, text in enumerate(kept):
            codes = table[np.frombuffer(text.encode(), np.uint8)]
            counts[number] = np.bincount(codes, minlength=len(AMINO_ACIDS))
            pairs[number] = instability[codes[:-1], codes[1:]].sum()
        return cls(counts, tuple(text[0] for text in kept), tuple(text[-1] for text in kept), pairs)

    def __len__(self) -> int:
        """Return how many proteins there are."""
        return len(self.counts)

    @property
    def weight(self) -> Reals:
        """The average molecular weight of each in daltons: its residues less the water of each bond."""
        from Bio.Data.IUPACData import protein_weights

        weights: Reals = self.counts @ _table(protein_weights) - (self._lengths - 1) * _WATER
        return weights

    @property
    def hydropathy(self) -> Reals:
        """The mean hydropathy of the residues (GRAVY): Kyte and Doolittle 1982."""
        from Bio.SeqUtils.ProtParamData import kd

        means: Reals = self.counts @ _table(kd) / self._lengths
        return means

    @property
    def aromaticity(self) -> Reals:
        """The share of phenylalanine, tryptophan and tyrosine: Lobry and Gautier 1994."""
        shares: Reals = self._of(_AROMATIC) / self._lengths
        return shares

    @property
    def instability(self) -> Reals:
        """The instability index, 10 / length times the sum over pairs: Guruprasad et al. 1990."""
        return 10 / self._lengths * self.pairs

    @property
    def isoelectric_point(self) -> Reals:
        """The pH of no net charge, found by bisection of [4.05, 12] from 7.775 to a width of 1e-4.

        The interval, its first point and the table of pK (Bjellqvist et al. 1993) are those of Biopython.
        """
        least, most = np.full(len(self), _LEAST_PH), np.full(len(self), _MOST_PH)
        acidity = np.full(len(self), _FIRST_PH)
        while (is_open := most - least > _PH_WIDTH).any():
            is_low = self._charge(acidity) > 0
            least = np.where(is_open & is_low, acidity, least)
            most = np.where(is_open & ~is_low, acidity, most)
            acidity = np.where(is_open, (least + most) / 2, acidity)
        return acidity

    @property
    def _lengths(self) -> NDArray[np.int64]:
        lengths: NDArray[np.int64] = self.counts.sum(axis=1)
        return lengths

    def _of(self, letters: str) -> Reals:
        """Return how many of some amino acids each has."""
        counts: Reals = self.counts[:, [AMINO_ACIDS.index(letter) for letter in letters]].sum(axis=1) * 1.0
        return counts

    def _charge(self, acidity: Reals) -> Reals:
        """Return the net charge at each one's pH, by the equation of Henderson and Hasselbalch."""
        from Bio.SeqUtils import IsoelectricPoint

        positive, negative = dict(IsoelectricPoint.positive_pKs), dict(IsoelectricPoint.negative_pKs)
        start, end = positive.pop("Nterm"), negative.pop("Cterm")
        first = np.array([IsoelectricPoint.pKnterminal.get(letter, start) for letter in self.first])
        last = np.array([IsoelectricPoint.pKcterminal.get(letter, end) for letter in self.last])
        charge = _share(first - acidity) - _share(acidity - last)
        for letter, pk in positive.items():
            charge = charge + self._of(letter) * _share(pk - acidity)
        for letter, pk in negative.items():
            charge = charge - self._of(letter) * _share(acidity - pk)
        return charge


def _table(values: Mapping[str, float]) -> Reals:
    """Return the values of the amino acids in the order of the counts, (20,)."""
    return np.array([values[letter] for letter in AMINO_ACIDS])


def _share(gap: Reals) -> Reals:
    """Return the charged share of a group whose pK is `gap` away."""
    shares: Reals = 1 / (1 + 10.0**-gap)
    return shares
