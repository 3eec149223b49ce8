"""Alphabets of DNA, RNA and proteins: letters, ambiguity codes, complements, and how an alphabet is inferred.

IUPAC-IUB codes: Cornish-Bowden 1985, doi:10.1093/nar/13.9.3021 (nucleotides); IUPAC-IUB JCBN 1984,
doi:10.1111/j.1432-1033.1984.tb07877.x (amino acids), with U for selenocysteine and O for pyrrolysine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench import Samples

__all__ = [
    "ALPHABETS", "AMINO_ACIDS", "NUCLEOTIDES", "Alphabet", "AlphabetName", "alphabet_of", "infer",
    "is_of_nucleotides",
]  # fmt: skip

AlphabetName = Literal["dna", "rna", "protein"]

_CODES = "RYSWKMBDHVN"  # stand for several nucleotides

#: The letters of DNA and RNA, and their codes.
NUCLEOTIDES = f"ACGTU{_CODES}"

#: The letters of proteins.
AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"

_SHARE = 0.9  # least share of plain nucleotides and N for which a file without name is one of nucleotides


@dataclass(frozen=True)
class Alphabet:
    """The letters of a kind of sequences.

    name       "dna", "rna" or "protein"
    letters    the plain ones, ascending
    ambiguous  codes for several letters or for rare residues, which have no value of their own
    """

    name: AlphabetName
    letters: str
    ambiguous: str

    @property
    def has_complement(self) -> bool:
        """Whether a strand has a reverse complement; the complement of letter i of four is letter 3 - i."""
        return self.name != "protein"


#: The alphabets by name.
ALPHABETS: dict[str, Alphabet] = {
    "dna": Alphabet("dna", "ACGT", _CODES),
    "rna": Alphabet("rna", "ACGU", _CODES),
    "protein": Alphabet("protein", AMINO_ACIDS, "BJOUXZ"),
}


def infer(texts: Iterable[str]) -> Alphabet | None:
    """Return the alphabet of upper-case sequences, or None if it is none of the three.

    Nucleotides if at least 90 % of all characters are A, C, G, T, U or N: RNA if there is a U and no T, DNA
    if there is no U; none if there are both, or characters that are no nucleotides. Otherwise proteins, if
    all characters are amino acids or their codes.
    """
    counts = Counter[str]()
    for text in texts:
        counts.update(text)
    if not is_of_nucleotides(counts):
        protein = ALPHABETS["protein"]
        return protein if set(counts) <= set(protein.letters + protein.ambiguous) else None
    if not set(counts) <= set(NUCLEOTIDES) or (counts["T"] and counts["U"]):
        return None
    return ALPHABETS["rna" if counts["U"] else "dna"]


def is_of_nucleotides(counts: Counter[str]) -> bool:
    """Return whether at least 90 % of counted characters are A, C, G, T, U or N."""
    return sum(counts[letter] for letter in "ACGTUN") >= _SHARE * counts.total()


def alphabet_of(*sides: Samples) -> Alphabet:
    """Return the alphabet of samples: that of their space, or else the one that `infer` finds.

    Raises Undefined if there is none.
    """
    name = sides[0].space.get("alphabet")
    found = infer(text for side in sides for text in side.data) if name is None else ALPHABETS[name]
    if found is None:
        raise Undefined(
            "the sequences are no upper-case DNA, RNA or proteins; state the alphabet with the modality: "
            "'sequence alphabet=dna'"
        )
    return found
