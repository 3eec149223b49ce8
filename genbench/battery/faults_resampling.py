"""Damage to a set of samples by resampling: dropped modes, collapse, duplicates, copies, order.

All functions but `fewer` keep the number of samples, so that a score changes for no other reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.core.errors import Undefined
from genbench.core.samples import concat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench.core.samples import Samples

__all__ = [
    "collapsed",
    "dropped",
    "fewer",
    "interleaved",
    "shifted",
    "shuffled",
    "with_copies",
    "with_duplicates",
]


def dropped(samples: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return samples without that `share` of their labels; the others fill the gap with duplicates.

    At least one label is dropped and one is kept. Raises Undefined without labels, or with one only.
    """
    labels, values = _labels(samples)
    count = min(max(1, round(share * len(values))), len(values) - 1)
    gone = rng.choice(values, size=count, replace=False)
    return samples.take(_filled(np.flatnonzero(~np.isin(labels, gone)), len(samples), rng))


def shifted(samples: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return samples of which that `share`, at least a half, has one label; duplicates fill the gap.

    The label is drawn among those with a smaller share. Raises Undefined without labels, or with one only.
    """
    labels, values = _labels(samples)
    size = round(share * len(samples))
    chosen = labels == rng.choice([value for value in values if (labels == value).sum() < size])
    more = _filled(np.flatnonzero(chosen), size, rng)
    rest = _filled(np.flatnonzero(~chosen), len(samples) - size, rng)
    return samples.take(np.concatenate([more, rest]))


def collapsed(samples: Samples, unique: int, rng: np.random.Generator) -> Samples:
    """Return samples with only so many distinct ones; raise Undefined if there are no more than those."""
    if len(samples) <= unique:
        raise Undefined(f"n is {len(samples)}; a collapse to {unique} needs more")
    kept = rng.choice(len(samples), size=unique, replace=False)
    return samples.take(_filled(kept, len(samples), rng))


def with_duplicates(samples: Samples, rng: np.random.Generator) -> Samples:
    """Return as many draws from the samples, with replacement."""
    return samples.take(rng.integers(len(samples), size=len(samples)))


def with_copies(samples: Samples, source: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return samples of which that `share` is replaced by samples of `source`, none of them twice.

    Where both have labels, a copy has the label of the sample that it replaces, as long as there are enough,
    so that only copying changes the set. Raises Undefined if `source` has too few.
    """
    count = round(share * len(samples))
    if len(source) < count:
        raise Undefined(f"needs {count} samples of train to copy; it has {len(source)}")
    replaced = rng.choice(len(samples), size=count, replace=False)
    order = np.arange(len(samples))
    order[replaced] = len(samples) + _alike(samples.take(replaced), source, rng)
    return concat([samples, source]).take(order)


def fewer(samples: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return that `share` of the samples, at least one, drawn at random."""
    count = max(1, round(share * len(samples)))
    return samples.take(rng.choice(len(samples), size=count, replace=False))


def shuffled(samples: Samples, rng: np.random.Generator) -> Samples:
    """Return the same samples in another order."""
    return samples.take(rng.permutation(len(samples)))


def _alike(samples: Samples, source: Samples, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return for each sample the index of one in `source`, with its label if one is left."""
    left = rng.permutation(len(source))
    if samples.labels is None or source.labels is None:
        return left[: len(samples)]
    chosen = np.full(len(samples), -1)
    for label in np.unique(samples.labels):
        found = left[source.labels[left] == label]
        places = np.flatnonzero(samples.labels == label)[: len(found)]
        chosen[places] = found[: len(places)]
    rest = np.setdiff1d(left, chosen)
    missing = np.flatnonzero(chosen < 0)
    chosen[missing] = rng.choice(rest, size=len(missing), replace=False)
    return chosen


def interleaved(samples: Samples, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return a random order in which every stretch has about the label shares of the whole."""
    if samples.labels is None:
        return rng.permutation(len(samples))
    place = np.empty(len(samples))
    for label in np.unique(samples.labels):
        index = rng.permutation(np.flatnonzero(samples.labels == label))
        place[index] = (np.arange(len(index)) + rng.random()) / len(index)
    return np.argsort(place, kind="stable")


def _labels(samples: Samples) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if samples.labels is None:
        raise Undefined("the dataset has no labels")
    values = np.unique(samples.labels)
    if len(values) == 1:
        raise Undefined("the dataset has one label only")
    return samples.labels, values


def _filled(index: NDArray[np.intp], size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return `size` of the indices in random order: each once before any comes twice, and so on."""
    rounds = -(-size // len(index))
    return np.concatenate([rng.permutation(index) for _ in range(rounds)])[:size]
