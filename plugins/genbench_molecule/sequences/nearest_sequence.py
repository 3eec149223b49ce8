"""Metric `nearest-sequence`: how similar each fake sequence is to the training sequence nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Gt, Le

from genbench import Samples, Score, Steps, Undefined, no_log
from genbench_molecule.sequences.alignment import AlignedProteins
from genbench_molecule.sequences.alphabets import alphabet_of
from genbench_molecule.sequences.bit_vectors import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Log

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = ["nearest", "nearest_sequence"]

_SHOWN = 5  # copies that the extra lists
_ALIGNED = 2**20  # residues of training sequences that are aligned at once

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

    Every fake meets every training sequence, so the time grows with the product of the letters of both: a
    second for 1,000 peptides of 30 residues against 3,000; half a minute for "blosum62". Memory is
    bounded.

    Raises Undefined if all sequences are empty, and for "blosum62" if they are not proteins.

    Source: the definition above; Hyyrö 2004 for the subsequences; Henikoff and Henikoff 1992,
    doi:10.1073/pnas.89.22.10915, for the scores.
    """
    if not any(fake.data) or not any(train.data):
        raise Undefined("all sequences of a side are empty")
    if by == "blosum62" and alphabet_of(train, fake).has_complement:
        raise Undefined("by = 'blosum62' aligns proteins; the sequences are no proteins")
    values, places = nearest(fake.data, train.data, by, log=log)
    order = np.argsort(-values, kind="stable")[:_SHOWN].tolist()
    copies = [
        _shown(fake.data, train.data, at, int(places[at]), float(values[at]))
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
    values, places = np.full(len(texts), -1.0), np.zeros(len(texts), np.int64)
    different = list(dict.fromkeys(texts))
    number = {text: at for at, text in enumerate(different)}
    owner = np.array([number[text] for text in texts])
    best, place = values[: len(different)].copy(), places[: len(different)].copy()
    steps = Steps(log, len(different) * len(known))
    for start, similar in _similarities(different, known, by):
        for at, found in enumerate(similar):
            steps.add(len(found))
            top = int(found.argmax())
            if found[top] > best[at]:
                best[at], place[at] = found[top], start + top
    return best[owner], place[owner]


def _similarities(
    texts: Sequence[str], known: Sequence[str], by: By
) -> Iterator[tuple[int, Iterator[Reals]]]:
    """Yield for each block of known texts the number of its first one, and (b,) values for each text."""
    if by == "identity":
        for start, patterns in blocks(known):
            yield (
                start,
                (
                    patterns.common(text) / np.maximum(1, np.maximum(patterns.lengths, len(text)))
                    for text in texts
                ),
            )
        return
    own = AlignedProteins.of(texts).own_scores().tolist()
    size = max(1, _ALIGNED // max(1, *map(len, known)))
    for start in range(0, len(known), size):
        proteins = AlignedProteins.of(known[start : start + size])
        others = proteins.own_scores()
        yield (
            start,
            (
                np.maximum(0, proteins.scores(text)) / np.maximum(1, np.maximum(others, score))
                for text, score in zip(texts, own, strict=True)
            ),
        )


def _shown(
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
