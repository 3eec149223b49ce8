"""Scores of global alignments of proteins with BLOSUM62 and affine gaps.

Henikoff and Henikoff 1992, doi:10.1073/pnas.89.22.10915; Gotoh 1982, doi:10.1016/0022-2836(82)90398-9. The
recurrence along a row is a running maximum, since no gap opens better than it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from genbench_molecule.sequences.residues import AMINO_ACIDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Integers = NDArray[np.int32]

__all__ = ["AlignedProteins"]

_OPEN, _EXTEND = 11, 1  # costs of the first letter of a gap, and of each further one
_STRANGE = -1  # score of a character that is no plain amino acid, with any
_NEVER = np.int32(-(10**8))

#: Scores of pairs of amino acids, each row in the order of AMINO_ACIDS up to the amino acid of the row.
_BLOSUM62 = """
4
0 9
-2 -3 6
-1 -4 2 5
-2 -2 -3 -3 6
0 -3 -1 -2 -3 6
-2 -3 -1 0 -1 -2 8
-1 -1 -3 -3 0 -4 -3 4
-1 -3 -1 1 -3 -2 -1 -3 5
-1 -1 -4 -3 0 -4 -3 2 -2 4
-1 -1 -3 -2 0 -3 -2 1 -1 2 5
-2 -3 1 0 -3 0 1 -3 0 -3 -2 6
-1 -3 -1 -1 -4 -2 -2 -3 -1 -3 -2 -2 7
-1 -3 0 2 -3 -2 0 -3 1 -2 0 0 -1 5
-1 -3 -2 0 -3 -2 0 -3 2 -2 -1 0 -2 1 5
1 -1 0 0 -2 0 -1 -2 0 -2 -1 1 -1 0 -1 4
0 -1 -1 -1 -2 -2 -2 -1 -1 -1 -1 0 -1 -1 -1 1 5
0 -1 -3 -2 -1 -3 -3 3 -2 1 1 -3 -2 -2 -3 -2 0 4
-3 -2 -4 -3 1 -2 -2 -3 -3 -2 -1 -4 -4 -2 -3 -3 -2 -3 11
-2 -2 -3 -2 3 -3 2 -1 -2 -1 -1 -2 -3 -1 -2 -2 -2 -1 2 7
"""


@dataclass(frozen=True, eq=False)
class AlignedProteins:
    """n proteins with which others are aligned.

    codes    (n, longest) int64: each residue as a number of AMINO_ACIDS, 20 for any other character
    lengths  (n,) int64
    """

    codes: Numbers
    lengths: Numbers

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Return proteins for alignments."""
        lengths = np.array([len(text) for text in texts], np.int64)
        codes = np.full((len(texts), int(lengths.max(initial=0))), len(AMINO_ACIDS))
        for number, text in enumerate(texts):
            codes[number, : len(text)] = _codes(text)
        return cls(codes, lengths)

    def scores(self, text: str) -> Numbers:
        """Return the score of the best global alignment of a protein with each, (n,) int64.

        A gap of g letters costs 10 + g. A character that is no plain amino acid scores -1 with any.
        """
        table = _table()
        places = np.arange(self.codes.shape[1] + 1, dtype=np.int32)
        best = np.tile(-_gap(places), (len(self.codes), 1))
        ended = np.full_like(best, _NEVER)
        for row, code in enumerate(_codes(text).tolist(), 1):
            ended = np.maximum(ended - _EXTEND, best - _OPEN)
            reached = ended.copy()
            np.maximum(reached[:, 1:], best[:, :-1] + table[code][self.codes], out=reached[:, 1:])
            reached[:, 0] = -(_OPEN + _EXTEND * (row - 1))
            along = np.maximum.accumulate(reached + _EXTEND * places, axis=1)[:, :-1]
            np.maximum(reached[:, 1:], along - _EXTEND * places[1:] - (_OPEN - _EXTEND), out=reached[:, 1:])
            best = reached
        return best[np.arange(len(best)), self.lengths].astype(np.int64)

    def own_scores(self) -> Numbers:
        """Return the score of each protein with itself, (n,) int64."""
        table = _table().diagonal().astype(np.int64)
        is_within = np.arange(self.codes.shape[1]) < self.lengths[:, None]
        own: Numbers = np.where(is_within, table[self.codes], 0).sum(axis=1)
        return own


def _gap(letters: Integers) -> Integers:
    """Return the cost of a gap of so many letters; none costs nothing."""
    return np.where(letters > 0, _OPEN + _EXTEND * (letters - 1), 0).astype(np.int32)


def _codes(text: str) -> Numbers:
    known = {letter: number for number, letter in enumerate(AMINO_ACIDS)}
    return np.array([known.get(letter, len(AMINO_ACIDS)) for letter in text], np.int64)


def _table() -> Integers:
    """Return the scores of all pairs of codes, (21, 21) int32."""
    table = np.full((len(AMINO_ACIDS) + 1,) * 2, _STRANGE, np.int32)
    for number, line in enumerate(_BLOSUM62.split("\n")[1:-1]):
        table[number, : number + 1] = table[: number + 1, number] = list(map(int, line.split()))
    return table
