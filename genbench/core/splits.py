"""Splits of datasets: official ones, or splits by the content of each sample.

Splits by content depend neither on a seed nor on the order of the samples, are stratified by label, and keep
exact duplicates on one side.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from genbench.core.errors import DataError
from genbench.core.samples import digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench.core.samples import Data, Samples

__all__ = ["SPLITS", "cut", "split", "split_of"]

_SPLITS = {"real": "test", "train": "train", "held_out": "held_out"}

SPLITS = ("train", "test", "held_out")


def split(data: Data, parts: Mapping[str, float]) -> dict[str, Samples]:
    """Return the splits of `data`: its official ones, or disjoint ones with the shares in `parts`.

    Groups of equal samples are assigned label by label in the order of their SHA-256, each to the split that
    is furthest below its share; so the sizes are as close to the shares as whole groups allow. A split has
    its samples in the order of their SHA-256. Raises DataError if there are no samples, or if an official
    split has an unknown name, is empty or overlaps another.
    """
    samples = data.labelled()
    if len(samples) == 0:
        raise DataError("the dataset holds no samples; expected at least one")
    if data.splits is not None:
        unknown = sorted(set(data.splits) - set(SPLITS))
        if unknown:
            raise DataError(f"the dataset has the split {unknown[0]!r}; expected {', '.join(SPLITS)}")
        official = {name: np.asarray(data.splits[name]) for name in SPLITS if name in data.splits}
        return _official(samples, official)
    names = [name for name in SPLITS if name in parts]
    shares = np.array([parts[name] for name in names]) / sum(parts[name] for name in names)
    chosen: list[list[int]] = [[] for _ in names]
    total = 0
    keys = digests(samples)
    for group in _groups(keys, samples.labels):
        total += len(group)
        deficits = shares * total - np.array([len(indices) for indices in chosen])
        chosen[int(np.argmax(deficits.round(9)))] += group
    for indices in chosen:
        indices.sort(key=lambda i: (keys[i], 0 if samples.labels is None else int(samples.labels[i])))
    return {name: samples.take(np.array(index, np.intp)) for name, index in zip(names, chosen, strict=True)}


def _official(samples: Samples, splits: Mapping[str, NDArray[np.intp]]) -> dict[str, Samples]:
    """Return official splits; raise DataError if one is empty or they overlap."""
    used = np.concatenate(list(splits.values()))
    if any(len(index) == 0 for index in splits.values()):
        raise DataError("an official split is empty; leave it out")
    if used.dtype.kind not in "iu" or used.min() < 0 or used.max() >= len(samples):
        raise DataError(f"official splits must hold indices from 0 to {len(samples) - 1}")
    if len(np.unique(used)) < len(used):
        raise DataError("the official splits name a sample twice; expected disjoint splits")
    return {name: samples.take(index) for name, index in splits.items()}


def cut(samples: Samples, n: int) -> Samples:
    """Return the `n` samples with the lowest salted SHA-256, in their original order.

    The choice is the same for every generator and every seed. Each of several equal samples has a SHA-256 of
    its own, by its number among them in the order of their labels; so as many of them are chosen as a draw
    would take. `n` must not exceed the number of samples.
    """
    if n == len(samples):
        return samples
    items, copies, keys = digests(samples), Counter[bytes](), {}
    for i in sorted(range(len(items)), key=lambda i: (0 if samples.labels is None else samples.labels[i], i)):
        number = copies[items[i]]
        copies[items[i]] += 1
        salted = b"genbench-cut" + items[i] + (b"" if number == 0 else str(number).encode())
        keys[i] = hashlib.sha256(salted).digest()
    return samples.take(np.array(sorted(sorted(keys, key=keys.__getitem__)[:n]), np.intp))


def _groups(keys: list[bytes], labels: NDArray[np.int64] | None) -> list[list[int]]:
    """Return the indices of equal samples in groups, ordered by (lowest label of the group, SHA-256)."""
    groups: dict[bytes, list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)

    def order(key: bytes) -> tuple[int, bytes]:
        return (0 if labels is None else int(min(labels[i] for i in groups[key])), key)

    return [groups[key] for key in sorted(groups, key=order)]


def split_of(side: str) -> str:
    """Return the split of a metric's input `real`, `train` or `held_out`."""
    return _SPLITS[side]
