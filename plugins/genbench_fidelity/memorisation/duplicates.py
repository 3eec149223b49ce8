"""Exact duplicates among the fakes, and exact copies of training samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench import Undefined, digests
from genbench_fidelity.numeric.arrays import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench import Samples

__all__ = ["duplicates"]


def duplicates(train: Samples, fake: Samples) -> dict[str, float]:
    """Return the shares of exact duplicates in `fake`, each in [0, 1]; lower is better.

        duplicates        1 - different fakes / fakes
        train-duplicates  fakes that equal a training sample / fakes

    train, fake  samples of one space; two are equal if all their values are, byte by byte, by SHA-256; labels
                 do not count

    Fresh samples with many values, such as images and audio, score 0. Short texts, tables and sequences
    repeat themselves and the training data, more so at larger n: there the best value is that of held-out
    samples. A sample that differs in one value is not a duplicate, and noise scores 0: the shares say nothing
    about quality. Raises Undefined for fewer than 2 fakes, because one has no duplicate, or no training
    sample.

    Source: the definition above; `duplicates` is 1 - uniqueness, and `train-duplicates` 1 - novelty where all
    fakes differ, of Polykovskiy et al. 2018 (arXiv:1811.12823), sec. 3.
    """
    for side, samples, least in (("train", train, 1), ("fake", fake, 2)):
        if len(samples) < least:
            raise Undefined(f"duplicates needs at least {least} samples; {side} has {len(samples)}")
    known, made = set(_digests(train)), list(_digests(fake))
    copied = sum(digest in known for digest in made)
    return {"duplicates": 1 - len(set(made)) / len(made), "train-duplicates": copied / len(made)}


def _digests(samples: Samples) -> Iterator[bytes]:
    for rows in slices(len(samples)):
        yield from digests(samples.take(rows))
