"""Splits of datasets: official ones, or splits by the content of each sample.

Splits by content depend neither on a seed nor on the order of the samples, are stratified by label, and keep
exact duplicates, and samples that the dataset says belong together, on one side.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from genbench.core.errors import DataError
from genbench.core.samples import digests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench.core.samples import Data, Over, Samples

__all__ = ["CUT_SIDES", "SPLITS", "SPLIT_OF", "check_groups", "cut_by_hash", "split"]

#: The splits of the inputs of a metric.
SPLIT_OF = {"real": "test", "train": "train", "held_out": "held_out"}

#: The inputs that the `n_real` of a suite cuts to so many samples; training data is never cut.
CUT_SIDES = frozenset({"real", "held_out"})

SPLITS = ("train", "test", "held_out")


def split(data: Data, parts: Mapping[str, float]) -> dict[str, Samples]:
    """Return the splits of `data`: its official ones, or disjoint ones with the shares in `parts`.

    parts  the share of each split by name: {"train": 0.5, "test": 0.5}

    Equal samples, and samples of one group of the data, stay together as a set. The sets are sorted by their
    lowest label, which stratifies the splits, then by their lowest SHA-256. Each set goes to the split that
    is furthest below its share, so the sizes are as close to the shares as whole sets allow. A split has its
    samples in the order of their SHA-256.

    Raises DataError if there are no samples, if an official split has an unknown name, is empty or overlaps
    another, or if the data have official splits and groups.
    """
    samples = data.labelled()
    if len(samples) == 0:
        raise DataError("the dataset holds no samples; expected at least one")
    if data.splits is not None and data.groups is not None:
        raise DataError("the dataset has official splits and groups; expected one of them")
    if data.splits is not None:
        unknown = sorted(set(data.splits) - set(SPLITS))
        if unknown:
            raise DataError(f"the dataset has the split {unknown[0]!r}; expected {', '.join(SPLITS)}")
        official = {name: np.asarray(data.splits[name]) for name in SPLITS if name in data.splits}
        return _take_official(samples, official)
    names = [name for name in SPLITS if name in parts]  # in the order of SPLITS
    shares = np.array([parts[name] for name in names]) / sum(parts[name] for name in names)
    chosen: list[list[int]] = [[] for _ in names]  # the indices of the samples of each split
    total = 0  # number of samples that are assigned to a split so far
    keys, labels = digests(samples), _read_strata(samples)
    for members in _join_samples(keys, labels, _read_groups(data, len(samples))):
        total += len(members)
        # The number of samples that each split lacks. Rounded, so that of equal deficits the first one is the
        # largest on every machine.
        deficits = shares * total - np.array([len(indices) for indices in chosen])
        chosen[int(np.argmax(deficits.round(9)))] += members
    for indices in chosen:
        indices.sort(key=lambda i: (keys[i], labels[i]))
    return {name: samples.take(np.array(index, np.intp)) for name, index in zip(names, chosen, strict=True)}


def check_groups(data: Data, parts: Mapping[str, float], splits: Mapping[str, Samples]) -> None:
    """Raise DataError if groups are so large that a split has less than half of its share.

    parts, splits  the shares of the splits and the splits of `data`, as `split` takes and returns them

    Data without groups pass: a set of equal samples may be that large, since it belongs in one split.
    """
    samples, total = data.labelled(), sum(parts[name] for name in splits)
    # A split whose samples are less than half of its share of all samples.
    short = next(
        (name for name in splits if 2 * len(splits[name]) * total < parts[name] * len(samples)), None
    )
    group_of = None if short is None else _read_groups(data, len(samples))
    if short is None or group_of is None:
        return
    keys = digests(samples)
    sets = _join_samples(keys, _read_strata(samples), group_of)
    if len(sets) == len(set(keys)):  # one set for each different sample: the groups join none, and pass
        return
    largest = max(sets, key=len)
    groups = len({group_of[i] for i in largest})
    why = (
        "are of one group" if groups == 1 else f"of {groups:,} groups belong together, as they share samples"
    )
    raise DataError(
        f"the split {short!r} would have {len(splits[short]):,} of {len(samples):,} samples: "
        f"{len(largest):,} {why}; expected smaller sets: take samples out, add a value that tells them "
        f"apart, or leave the groups out"
    )


def _read_groups(data: Data, n: int) -> Sequence[Any] | NDArray[Any] | None:
    """Return the group of each sample, None without groups; raise DataError unless there are `n` of them."""
    groups = cast("Sequence[Any] | NDArray[Any] | None", data.grouped().groups)
    if groups is not None and len(groups) != n:
        raise DataError(
            f"the dataset has {n} samples and {len(groups)} groups of them; expected a group for each sample"
        )
    return groups


def _take_official(samples: Samples, splits: Mapping[str, NDArray[np.intp]]) -> dict[str, Samples]:
    """Return the samples of each official split, by name, in the order of its indices.

    Raises DataError if a split is empty, if an index is no index of a sample, or if splits overlap.
    """
    used = np.concatenate(list(splits.values()))
    if any(len(index) == 0 for index in splits.values()):
        raise DataError("an official split is empty; leave it out")
    if used.dtype.kind not in "iu" or used.min() < 0 or used.max() >= len(samples):
        raise DataError(f"official splits must hold indices from 0 to {len(samples) - 1}")
    if len(np.unique(used)) < len(used):
        raise DataError("the official splits name a sample twice; expected disjoint splits")
    return {name: samples.take(index) for name, index in splits.items()}


def cut_by_hash(samples: Samples, n: int, over: Over = iter) -> Samples:
    """Return the `n` samples with the lowest salted SHA-256, in their original order.

    n     at most the number of samples
    over  passes the items on while they are hashed, and may report progress

    The choice is the same for every generator and every seed. Equal samples are numbered in the order of
    their labels, and each hash includes the number. So some of them may be chosen, as in a random draw;
    without a number, all or none would be.
    """
    if n == len(samples):
        return samples
    hashes, labels = digests(samples, over), _read_strata(samples)
    copies, keys = Counter[bytes](), {}
    for i in sorted(range(len(hashes)), key=lambda i: (labels[i], i)):
        number = copies[hashes[i]]  # how many equal samples come before this one
        copies[hashes[i]] += 1
        # The salt makes the choice independent of the order in which `split` assigns samples.
        salted = b"genbench-cut" + hashes[i] + (b"" if number == 0 else str(number).encode())
        keys[i] = hashlib.sha256(salted).digest()
    lowest = sorted(keys, key=keys.__getitem__)[:n]
    return samples.take(np.array(sorted(lowest), np.intp))


def _join_samples(
    keys: list[bytes], labels: Sequence[int], groups: Sequence[Any] | NDArray[Any] | None
) -> list[list[int]]:
    """Return sets of indices of samples that must be in one split, sorted by lowest label and SHA-256.

    keys    the SHA-256 of each sample; equal samples are in one set
    groups  the group of each sample, or None; a group is in one set. Two groups that have equal samples are
            in the same set
    """
    # Each sample begins as a set of its own. Two sets with an equal key or group become one: the smaller set
    # joins the larger one, so that each sample moves at most log2(n) times.
    sets: dict[int, list[int]] = {number: [number] for number in range(len(keys))}
    set_of = list(range(len(keys)))  # the number of the set of each sample
    for names in (keys,) if groups is None else (keys, groups):
        first: dict[Any, int] = {}  # the first sample of each key or group
        for number, name in enumerate(names):
            larger, smaller = set_of[first.setdefault(name, number)], set_of[number]  # numbers of sets
            if larger == smaller:
                continue
            if len(sets[larger]) < len(sets[smaller]):
                larger, smaller = smaller, larger
            for member in sets[smaller]:
                set_of[member] = larger
            sets[larger] += sets.pop(smaller)

    def make_sort_key(indices: list[int]) -> tuple[int, bytes]:
        """Return the lowest label and the lowest SHA-256 in a set, by which the sets are sorted."""
        return min(labels[i] for i in indices), min(keys[i] for i in indices)

    return [sorted(indices) for indices in sorted(sets.values(), key=make_sort_key)]


def _read_strata(samples: Samples) -> list[int]:
    """Return the label of each sample, by which splits are stratified; 0 for samples without labels."""
    return [0] * len(samples) if samples.labels is None else samples.labels.tolist()
