"""Damage to a set of samples by resampling: dropped modes, collapse, duplicates and copies.

All functions keep the number of samples, so that a score changes for no other reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Samples, Undefined, concat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Modality

__all__ = ["collapse", "drop", "shift", "with_copies", "with_duplicates", "with_near_copies"]


def drop(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return samples without the share `level` of their labels; the others fill the gap with duplicates.

    At least one label is dropped and one is kept. Raises Undefined without labels, or with one only.
    """
    labels, values = _labels(real)
    count = min(max(1, round(level * len(values))), len(values) - 1)
    gone = rng.choice(values, size=count, replace=False)
    return real.take(_fill(np.flatnonzero(~np.isin(labels, gone)), len(real), rng))


def shift(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return samples of which the share `level`, at least a half, has one label; duplicates fill the gap.

    The label is drawn among those with a smaller share. Raises Undefined without labels, with one only, or if
    none has a smaller share, as in few samples.
    """
    labels, values = _labels(real)
    size = round(level * len(real))
    smaller = [value for value in values if (labels == value).sum() < size]
    if not smaller:
        raise Undefined(f"each label has {size} of {len(real)} samples or more")
    chosen = labels == rng.choice(smaller)
    more = _fill(np.flatnonzero(chosen), size, rng)
    rest = _fill(np.flatnonzero(~chosen), len(real) - size, rng)
    return real.take(np.concatenate([more, rest]))


def collapse(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return samples with only `level` distinct ones; raise Undefined if there are no more than those."""
    unique = int(level)
    if len(real) <= unique:
        raise Undefined(f"n is {len(real)}; a collapse to {unique} needs more")
    kept = rng.choice(len(real), size=unique, replace=False)
    return real.take(_fill(kept, len(real), rng))


def with_duplicates(real: Samples, rng: np.random.Generator) -> Samples:
    """Return as many draws from the samples, with replacement."""
    return real.take(rng.integers(len(real), size=len(real)))


def with_copies(real: Samples, train: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return samples of which the share `level` is replaced by samples of `train`, none of them twice.

    Where both have labels, a copy has the label of the sample that it replaces, as long as there are enough,
    so that only copying changes the set. Raises Undefined if `train` has too few.
    """
    count = round(level * len(real))
    if len(train) < count:
        raise Undefined(f"needs {count} samples of train to copy; it has {len(train)}")
    replaced = rng.choice(len(real), size=count, replace=False)
    order = np.arange(len(real))
    order[replaced] = len(real) + _alike(real.take(replaced), train, rng)
    return concat([real, train]).take(order)


def with_near_copies(
    real: Samples, train: Samples, level: float, modality: Modality, rng: np.random.Generator
) -> Samples:
    """Return samples as `with_copies` does, with changes that a person would hardly notice.

    Raises Undefined if the modality has no `perturb`.
    """
    return modality.perturb(with_copies(real, train, level, rng), rng)


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


def _labels(samples: Samples) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if samples.labels is None:
        raise Undefined("the dataset has no labels; expected a label for each sample")
    values = np.unique(samples.labels)
    if len(values) == 1:
        raise Undefined("the dataset has one label only")
    return samples.labels, values


def _fill(index: NDArray[np.intp], size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return `size` of the indices in random order: each once before any comes twice, and so on."""
    rounds = -(-size // len(index))
    return np.concatenate([rng.permutation(index) for _ in range(rounds)])[:size]
