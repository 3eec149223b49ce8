"""Exact repeats among the fakes, and exact copies of training samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.errors import Undefined
from genbench.samples import digests
from genbench_fidelity.arrays import slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.samples import Samples

__all__ = ["duplicates"]


def duplicates(train: Samples, fake: Samples) -> dict[str, float]:
    """Return shares of exact repeats in `fake`, each in [0, 1]; lower is better.

        duplicates        1 - different fakes / fakes
        train-duplicates  fakes that equal a training sample / fakes

    train, fake  samples of one space; two are equal if all their values are, byte by byte, and labels have no
                 part in it: compared by SHA-256

    Fresh samples score 0 where a sample has many values, as images and audio do. Short texts, tables and
    sequences repeat themselves and the training data, the more the larger n is: there the best is what
    held-out samples score. Whatever differs in one value is no repeat, and noise scores 0: the shares say
    nothing of quality. Raises Undefined for fewer than 2 fakes, since one repeats none, or no training one.

    Source: the definition above; `duplicates` is 1 - uniqueness, and `train-duplicates` 1 - novelty where all
    fakes differ, of Polykovskiy et al. 2018 (arXiv:1811.12823), sec. 3.
    """
    for side, samples, least in (("train", train, 1), ("fake", fake, 2)):
        if len(samples) < least:
            raise Undefined(f"duplicates needs at least {least} of {side}; there are {len(samples)}")
    known, made = set(_digests(train)), list(_digests(fake))
    copied = sum(digest in known for digest in made)
    return {"duplicates": 1 - len(set(made)) / len(made), "train-duplicates": copied / len(made)}


def _digests(samples: Samples) -> Iterator[bytes]:
    for rows in slices(len(samples)):
        yield from digests(samples.take(rows))
