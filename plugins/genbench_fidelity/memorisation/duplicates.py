"""Exact duplicates among the fakes, and exact copies of training samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench import Undefined, digests, log_parts, no_log
from genbench_fidelity.numeric.arrays import log_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench import Log, Samples

__all__ = ["duplicates", "train_duplicates"]


def duplicates(fake: Samples, *, log: Log = no_log) -> float:
    """Return the share of exact duplicates in `fake`, in [0, 1]; lower is better.

        duplicates = 1 - different fakes / fakes

    fake  samples; two are equal if all their values are, byte by byte, by SHA-256; labels do not count

    Fresh samples with many values, such as images and audio, score 0. Short texts, tables and sequences
    repeat themselves, more so at larger n: there the best value is that of held-out samples. A sample that
    differs in one value is not a duplicate, and noise scores 0: the share says nothing about quality. Raises
    Undefined for fewer than 2 fakes, because one has no duplicate.

    Source: the definition above; it is 1 - uniqueness of Polykovskiy et al. 2018 (arXiv:1811.12823), sec. 3.
    """
    _check("duplicates", "fake", fake, 2)
    made = list(_digests(fake, log))
    return 1 - len(set(made)) / len(made)


def train_duplicates(train: Samples, fake: Samples, *, log: Log = no_log) -> float:
    """Return the share of exact copies of training samples in `fake`, in [0, 1]; lower is better.

        train-duplicates = fakes that equal a training sample / fakes

    train, fake  samples of one space, which are compared as in `duplicates`

    A fake that is made several times counts as often. Short texts, tables and sequences repeat the training
    data, more so at larger n: there the best value is that of held-out samples. Raises Undefined for fewer
    than 2 fakes, and for no training sample.

    Source: the definition above; it is 1 - novelty of Polykovskiy et al. 2018 (arXiv:1811.12823), sec. 3,
    where all fakes differ.
    """
    _check("train-duplicates", "train", train, 1)
    _check("train-duplicates", "fake", fake, 2)
    first, second = log_parts(log, len(train), len(fake))
    known = set(_digests(train, first))
    return sum(digest in known for digest in _digests(fake, second)) / len(fake)


def _check(metric: str, side: str, samples: Samples, least: int) -> None:
    if len(samples) < least:
        raise Undefined(f"{metric} needs at least {least} samples; {side} has {len(samples)}")


def _digests(samples: Samples, log: Log) -> Iterator[bytes]:
    for rows in log_slices(len(samples), log):
        yield from digests(samples.take(rows))
