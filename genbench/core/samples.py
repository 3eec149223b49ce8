"""Samples of one space, and operations on them: select, concatenate, hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged, is_mapped, private
from genbench.core.canonical_json import canonical
from genbench.core.containers import container_of
from genbench.core.errors import Invalid
from genbench.core.spaces import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    #: Yields items, and may tell how far it is, as `Steps.over` does.
    Over = Callable[[Iterable[bytes]], Iterator[bytes]]

__all__ = [
    "Data",
    "Samples",
    "concat",
    "content_hash",
    "copied",
    "digests",
    "guarded",
    "unmapped",
    "whole_numbers",
]


@dataclass(frozen=True, eq=False)
class Samples:
    """n items of one space.

    data    an array (n, ...), a Ragged of n arrays, a tuple of n str, or a pandas frame of n rows. Typed Any,
            because a plugin knows the modalities that it supports.
    space   the space of each item
    labels  (n,) int64 class numbers, or None
    """

    data: Any
    space: Space
    labels: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.data)

    @classmethod
    def of(
        cls, modality: str, data: Any, labels: Any = None, *, classes: Sequence[str] = (), **parameters: Any
    ) -> Samples:  # fmt: skip
        """Return samples of a modality; the shape of their space, or its columns, come from `data`.

        The modality checks them where they enter a run; `genbench.checked_samples` does so at once.

        data        as in Samples; a list of str becomes a tuple, and a list of arrays a Ragged
        classes     class names in the order of label numbers, by which labels of other samples are matched;
                    () if labels are plain numbers
        parameters  of the space, such as the `rate` of audio

        Arrays of unsigned integers get the bounds of their dtype. Raises Invalid for data in no such form.
        """
        labels = None if labels is None else whole_numbers(labels)
        data = _contained(data)
        container = container_of(data)
        known = {**container.parameters(data), **parameters}
        return cls(data, Space(modality, container.shape(data), classes=classes, **known), labels)

    def take(self, index: NDArray[np.intp] | slice) -> Samples:
        """Return the items at `index`, in the order of `index`."""
        labels = None if self.labels is None else self.labels[index]
        return Samples(container_of(self.data).take(self.data, index), self.space, labels)


@dataclass(frozen=True, eq=False)
class Data:
    """The content of a dataset, before the host splits it.

    samples  all samples, each once
    labels   (n,) integers, unless `samples` has labels
    splits   official splits: name ("train", "test", "held_out") to the (k,) indices of its samples
    truth    an exact sampler of the data's distribution, if it is known
    groups   (n,) texts or integers, instead of `splits`: samples of one group, such as the rows of a patient,
             are in one split; or a function without parameters that returns them, which genbench calls only
             where it splits the data
    """

    samples: Samples
    labels: Any = None
    splits: Mapping[str, NDArray[np.intp]] | None = None
    truth: Any = None
    groups: Sequence[Any] | NDArray[Any] | Callable[[], Sequence[Any] | NDArray[Any]] | None = None

    def labelled(self) -> Samples:
        """Return the samples with their labels.

        Raises Invalid unless `samples` are Samples and the labels are integers.
        """
        if not isinstance(self.samples, Samples):
            raise Invalid(
                f"expected genbench.Samples in Data, got {type(self.samples).__name__}; make them with "
                f"Samples.of(modality, data)"
            )
        if self.labels is None:
            return self.samples
        return Samples(self.samples.data, self.samples.space, whole_numbers(self.labels))

    def grouped(self) -> Data:
        """Return the data with their groups, not a function that returns them."""
        return replace(self, groups=self.groups()) if callable(self.groups) else self


def concat(parts: Sequence[Samples]) -> Samples:
    """Concatenate one or more `parts` of one space; labels remain only if all parts have them."""
    first = parts[0]
    if len(parts) == 1:
        return first
    labels = [part.labels for part in parts if part.labels is not None]
    joined = np.concatenate(labels) if len(labels) == len(parts) else None
    return Samples(container_of(first.data).concat([part.data for part in parts]), first.space, joined)


def copied(samples: Samples) -> Samples:
    """Return the samples in memory of their own: who made them may use the old one again."""
    labels = None if samples.labels is None else samples.labels.copy()
    return Samples(container_of(samples.data).copied(samples.data), samples.space, labels)


def unmapped(samples: Samples) -> Samples:
    """Return the samples in memory, where no write to their files changes them."""
    arrays = (container_of(samples.data).values(samples.data), samples.labels)
    return copied(samples) if any(array is not None and is_mapped(array) for array in arrays) else samples


def guarded(samples: Samples) -> Samples:
    """Return the samples for one component, which cannot change the original."""
    labels = None if samples.labels is None else private(samples.labels)
    return Samples(container_of(samples.data).guarded(samples.data), samples.space, labels)


def digests(samples: Samples, over: Over = iter) -> list[bytes]:
    """Return the SHA-256 of each item's content, without labels.

    over  yields the items, and may tell how far it is
    """
    items = container_of(samples.data).items(samples.data)
    return [hashlib.sha256(item).digest() for item in over(items)]


def content_hash(samples: Samples, over: Over = iter) -> str:
    """Return the SHA-256 of space, items and labels, 64 hex digits; the order of items counts.

    over  as for `digests`
    """
    total = hashlib.sha256(canonical(samples.space.to_json()).encode())
    for item in digests(samples, over):
        total.update(item)
    if samples.labels is not None:
        total.update(np.ascontiguousarray(samples.labels, dtype="<i8").tobytes())
    return total.hexdigest()


def whole_numbers(labels: Any) -> NDArray[np.int64]:
    """Return labels as int64; raise Invalid unless they are integers."""
    array = np.asarray(labels)
    if array.dtype.kind not in "iu":
        raise Invalid(f"expected labels that are integers, got {array.dtype}")
    return array.astype(np.int64)


def _contained(data: Any) -> Any:
    if not isinstance(data, list | tuple):
        return data
    if data and all(isinstance(item, np.ndarray) for item in data):
        return Ragged.of(data)
    return tuple(data)
