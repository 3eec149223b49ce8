"""Metric `nearest-sequence`: how similar each fake sequence is to the training sequence nearest to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Gt, Le

from genbench import Samples, Score, Steps, Undefined, no_log
from genbench_molecule.sequences.alphabets import AMINO_ACIDS, alphabet_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Log

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = ["nearest", "nearest_sequence"]

_SHOWN = 5  # copies that the extra lists

By = Literal["identity", "blosum62"]


def nearest_sequence(
    fake: Samples,
    train: Samples,
    *,
    by: By = "identity",
    threshold: Annotated[float, Gt(0), Le(1)] = 0.9,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `nearest-identity` and `copied-sequences`, both in [0, 1]; neither direction is better.

        nearest-identity  mean over fakes of the greatest identity(fake, x) over the training sequences x
        copied-sequences  share of fakes whose greatest identity is at least `threshold`

        identity(a, b) = length of the longest common subsequence of a and b / length of the longer one

    fake, train  sequences
    by           "identity" as above, which is a global alignment with a score of 1 for equal characters and
                 no cost of gaps; "blosum62": max(0, S(a, b)) / max(S(a, a), S(b, b)) with S the score of the
                 best global alignment, BLOSUM62 and 10 + g for a gap of g residues; for proteins
    threshold    from which a fake counts as a copy

    Both are 1 for copies. Even random sequences share half of their letters or more, so compare with the row
    `held-out`. They rise with the number of training sequences. The extra of `copied-sequences` has
    `threshold` and `copies`: up to five of the greatest similarity, each with the number of the fake, from 0,
    that of the training sequence, both sequences (shortened to 80 characters) and the `identity`.

    Every fake meets every training sequence, so the time grows with the product of the letters of both: less
    than a second for 1,000 peptides of 30 residues against 3,000; half a minute for "blosum62". Memory is
    bounded. It needs genbench[sequences].

    Raises Undefined if all sequences are empty, and for "blosum62" if they are not proteins.

    Source: the definition above, with the subsequences of rapidfuzz; Henikoff and Henikoff 1992,
    doi:10.1073/pnas.89.22.10915, for the scores, which Biopython aligns.
    """
    if not any(fake.data) or not any(train.data):
        raise Undefined("all sequences of a side are empty; expected at least one letter")
    if by == "blosum62" and alphabet_of(train, fake).has_complement:
        raise Undefined("by = 'blosum62' aligns proteins alone; choose by = 'identity'")
    values, places = nearest(fake.data, train.data, by, log=log)
    order = np.argsort(-values, kind="stable")[:_SHOWN].tolist()
    copies = [
        _describe_copy(fake.data, train.data, at, int(places[at]), float(values[at]))
        for at in order
        if values[at] >= threshold
    ]
    return {
        "nearest-identity": Score(float(values.mean())),
        "copied-sequences": Score(
            float((values >= threshold).mean()), extra={"threshold": threshold, "copies": copies}
        ),
    }


def nearest(
    texts: Sequence[str], known: Sequence[str], by: By = "identity", *, log: Log = no_log
) -> tuple[Reals, Numbers]:
    """Return the greatest similarity of each text to a known one, (n,), and the first such one, (n,)."""
    different = list(dict.fromkeys(texts))
    values, places = np.zeros(len(different)), np.zeros(len(different), np.int64)
    similarities = _identities if by == "identity" else _align
    steps = Steps(log, len(different) * len(known))
    for at, found in enumerate(similarities(different, known)):
        places[at] = found.argmax()
        values[at] = found[places[at]]
        steps.add(len(known))
    number = {text: at for at, text in enumerate(different)}
    owner = [number[text] for text in texts]
    return values[owner], places[owner]


def _identities(texts: Sequence[str], known: Sequence[str]) -> Iterator[Reals]:
    """Yield for each text the longest common subsequence with each known one over the longer length, (n,)."""
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    lengths = np.array([len(text) for text in known])
    for text in texts:
        common = cdist([text], known, scorer=LCSseq.similarity, dtype=np.int64)[0]
        yield common / np.maximum(1, np.maximum(lengths, len(text)))


def _align(texts: Sequence[str], known: Sequence[str]) -> Iterator[Reals]:
    """Yield for each text the score of its alignment with each known one over the greater own score, (n,)."""
    score = _alignment_score()
    own = np.array([score(text, text) for text in known])
    for text in texts:
        scores = np.array([score(text, other) for other in known])
        yield np.maximum(0, scores) / np.maximum(1, np.maximum(own, score(text, text)))


def _alignment_score() -> Callable[[str, str], float]:
    """Return the score of the best global alignment of two proteins, BLOSUM62, a gap of g letters 10 + g.

    A character that is no plain amino acid scores -1 with any.
    """
    from Bio.Align import PairwiseAligner, substitution_matrices

    matrix = substitution_matrices.load("BLOSUM62").select(f"{AMINO_ACIDS}X")
    matrix[-1, :] = matrix[:, -1] = -1
    aligner = PairwiseAligner(substitution_matrix=matrix, open_gap_score=-11, extend_gap_score=-1)

    def score(one: str, other: str) -> float:
        if not (one and other):  # the aligner refuses an empty sequence
            return -10.0 - len(one + other) if one or other else 0.0
        return float(aligner.score(*(re.sub(f"[^{AMINO_ACIDS}]", "X", text) for text in (one, other))))

    return score


def _describe_copy(
    fake: Sequence[str], train: Sequence[str], number: int, other: int, identity: float
) -> dict[str, Any]:
    """Return a copy as the extra lists it."""
    most = 80
    return {
        "fake": number,
        "train": other,
        "fake_sequence": fake[number][:most],
        "train_sequence": train[other][:most],
        "identity": identity,
    }
